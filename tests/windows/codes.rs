//! From the first start to waiting for the move.

use super::stage::{Stage, Told, play};

fn the_code_binds(stage: &mut Stage) -> Told {
    stage.start_agent()?;
    stage.enter_code()?;
    stage.picture("card")?;
    stage.bind()?;
    stage.turn_to("waiting-title")?;
    stage.picture("waiting")
}

#[test]
#[ignore = "needs wine: make test-windows"]
fn a_code_typed_into_the_window_binds_the_computer() {
    play(the_code_binds);
}
