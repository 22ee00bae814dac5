//! The administrator of the computer has placed the project's code: it is entered without a question.

use crate::code::ActivationCode;
use crate::secret::Secret;

#[derive(Debug, Clone)]
pub(super) struct UnattendedActivation {
    code: ActivationCode,
    failures: u32,
}

impl UnattendedActivation {
    pub fn new(code: ActivationCode) -> Self {
        Self { code, failures: 0 }
    }

    pub fn code(&self) -> Secret {
        Secret::new(self.code.letters())
    }

    /// It did not work; how often in a row by now.
    pub fn failed(&mut self) -> u32 {
        self.failures += 1;
        self.failures
    }
}
