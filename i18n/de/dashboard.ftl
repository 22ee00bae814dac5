# The operator's pages.
dashboard-product = Mailshift
dashboard-skip = Zum Inhalt springen
dashboard-navigation = Seiten
