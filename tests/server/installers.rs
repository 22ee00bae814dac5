//! Installers with the activation code in their name: downloads, and the links to them.

mod downloads;
mod links;
mod names;
mod shelf;
mod slow;
