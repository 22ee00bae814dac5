//! Cells of tables that people open in a spreadsheet, which takes one that begins like a formula for one
//! (<https://owasp.org/www-community/attacks/CSV_Injection>).

/// What a formula begins with, also in the wide forms of East Asian scripts.
const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
/// Where a spreadsheet may begin a new cell: some split at another sign than the one that the table was written with.
const BORDER: [char; 5] = [';', ',', '\t', '\n', '\r'];

/// The cell, with an apostrophe before everything that could be taken for a formula.
pub fn harmless(cell: &str) -> String {
    let mut guarded = String::with_capacity(cell.len());
    let mut at_border = true;
    for (place, c) in cell.char_indices() {
        let begins = FORMULA.contains(&c) || (place == 0 && matches!(c, '\t' | '\r' | '\n'));
        if at_border && begins {
            guarded.push('\'');
        }
        guarded.push(c);
        at_border = BORDER.contains(&c) || (at_border && (c == ' ' || c == '"'));
    }
    guarded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_wherever_it_is_split() {
        for (cell, guarded) in [
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("＝1", "'＝1"),
            ("\t=1", "'\t'=1"),
            ("pc;=1+1", "pc;'=1+1"),
            ("pc,@x", "pc,'@x"),
            ("pc\t-1", "pc\t'-1"),
            ("pc\n=1", "pc\n'=1"),
            ("pc;\"=1", "pc;\"'=1"),
            ("pc;  =1", "pc;  '=1"),
        ] {
            assert_eq!(harmless(cell), guarded);
        }
        for fine in ["anna@old.example", "a-b", "a = b", "1 + 1", "Zoë, \"Z\""] {
            assert_eq!(harmless(fine), fine);
        }
    }
}
