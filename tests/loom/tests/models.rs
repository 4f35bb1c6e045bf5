//! Runs the models, each in every order of steps.

use cover_loom_tests::{attempt, permits};

macro_rules! run {
    ($($module:ident: $($name:ident)*;)*) => {
        $($(
            #[test]
            fn $name() {
                $module::$name();
            }
        )*)*
    };
}

run! {
    attempt:
        a_body_is_handed_over_or_revoked_and_all_agree
        a_result_is_the_callers_or_the_tasks
        no_result_is_lost_or_given_twice
        a_caller_that_waits_gets_the_result
        the_last_who_waited_is_woken
        a_caller_that_gives_up_knows_whether_the_attempt_goes_on;
    permits:
        one_permit_is_had_by_one_at_a_time_and_everybody_gets_it
        who_waits_gets_a_permit_that_is_returned
        who_gives_up_takes_no_permit_along
        a_permit_that_is_given_to_the_next_is_not_taken_by_the_first
        after_maintenance_one_permit_is_given_at_a_time
        no_credits_end_every_wait;
}
