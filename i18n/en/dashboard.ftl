# The operator's pages.
dashboard-product = Mailshift
dashboard-skip = Skip to the content
dashboard-navigation = Pages
