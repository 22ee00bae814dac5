//! The account settings of a mail domain, found in public places.
