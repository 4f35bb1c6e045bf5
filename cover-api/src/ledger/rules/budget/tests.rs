use super::*;

fn claim(held: u32, keeps: u32, wants: u32) -> Claim {
    Claim { held, keeps, wants }
}

#[test]
fn places_are_divided_by_what_is_wanted() {
    // Limit, what each wants, and the part of each.
    let cases: [(u32, &[u32], &[u32]); 10] = [
        (20, &[], &[]),
        (20, &[0], &[0]),
        (20, &[20], &[20]),
        (20, &[20, 20], &[10, 10]),
        (20, &[3, 20, 0], &[3, 17, 0]),
        (20, &[3, 4, 20, 20], &[3, 4, 7, 6]),
        (20, &[6, 7, 7], &[6, 7, 7]),
        (20, &[20; 8], &[3, 3, 3, 3, 2, 2, 2, 2]),
        (2, &[5, 5, 5], &[1, 1, 0]),
        (1, &[1, 0, 1], &[1, 0, 0]),
    ];
    for (limit, wants, parts) in cases {
        let claims: Vec<Claim> = wants.iter().map(|wants| claim(0, 0, *wants)).collect();
        assert_eq!(fair_parts(limit, &claims, 0), parts, "{limit} for {wants:?}");
    }
}

#[test]
fn places_that_cannot_be_divided_go_round() {
    for (limit, processes, rounds) in [(20, 8, 2), (2, 3, 3), (1, 5, 5), (20, 30, 3), (7, 7, 1)] {
        let claims = vec![claim(0, 0, limit); processes];
        let mut sums = vec![0; processes];
        for round in 0..rounds {
            let parts = fair_parts(limit, &claims, u64::MAX / 2 / processes as u64 * processes as u64 + round);
            assert_eq!(parts.iter().sum::<u32>(), limit);
            sums.iter_mut().zip(parts).for_each(|(sum, part)| *sum += part);
        }
        assert!(sums.windows(2).all(|pair| pair[0] == pair[1]), "{limit} for {processes}: {sums:?}");
    }
}

#[test]
fn a_process_gets_its_part_of_what_is_free_and_keeps_what_is_taken() {
    let get = |limit, claims: &[Claim]| {
        let Allocation { held, usable } = allocate(limit, claims, 0, 0);
        (held, usable)
    };
    // Alone, it leaves half of what it does not need.
    assert_eq!(get(20, &[claim(0, 0, 2)]), (11, 11));
    assert_eq!(get(20, &[claim(20, 20, 20)]), (20, 20));
    assert_eq!(get(20, &[claim(9, 0, 0)]), (0, 0), "an idle process returns everything");
    assert_eq!(get(20, &[claim(9, 4, 0)]), (4, 0), "but not what is taken");
    assert_eq!(get(20, &[claim(0, 0, 20), claim(20, 20, 20)]), (0, 0), "nothing is free");
    assert_eq!(get(20, &[claim(20, 20, 20), claim(0, 0, 20)]), (20, 10), "it stops using what it must return");
    assert_eq!(get(20, &[claim(20, 13, 20), claim(0, 0, 20)]), (13, 10));
    assert_eq!(get(20, &[claim(20, 5, 20), claim(0, 0, 20)]), (10, 10));
    assert_eq!(get(20, &[claim(0, 0, 20), claim(13, 13, 20)]), (7, 7));
    assert_eq!(get(20, &[claim(0, 9, 20), claim(15, 15, 20)]), (5, 5), "its lost places are not its own");
    assert_eq!(get(5, &[claim(12, 12, 5), claim(8, 8, 5)]), (12, 3), "a stricter limit grants nothing new");
    assert_eq!(get(5, &[claim(0, 0, 5), claim(8, 8, 5)]), (0, 0));
}

/// Processes that take and free places in random order, and ask in random order.
struct World {
    limit: u32,
    round: u64,
    claims: Vec<Claim>,
    taken: Vec<u32>,
    usable: Vec<u32>,
}

impl World {
    fn ask(&mut self, own: usize, wants: u32) {
        self.claims[own].wants = wants.max(self.taken[own]).min(self.limit);
        self.claims[own].keeps = if wants == 0 { self.taken[own] } else { self.taken[own].max(self.usable[own]) };
        let others_keep = |claim: &Claim| Claim { keeps: claim.held, ..*claim };
        let mut seen: Vec<Claim> = self.claims.iter().map(others_keep).collect();
        seen[own] = self.claims[own];
        let Allocation { held, usable } = allocate(self.limit, &seen, own, self.round);
        assert!(held >= self.taken[own] && usable <= held, "{held} held, {usable} usable: {seen:?}");
        (self.claims[own].held, self.usable[own]) = (held, usable);
        let sum: u32 = self.claims.iter().map(|claim| claim.held).sum();
        assert!(sum <= self.limit, "{sum} of {}: {:?}", self.limit, self.claims);
    }
}

#[test]
fn processes_never_hold_more_than_there_is_and_come_to_equal_parts() {
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..200 {
        let (limit, processes) = (random.u32(1..40), random.usize(1..12));
        let none = vec![0; processes];
        let claims = vec![claim(0, 0, 0); processes];
        let mut world = World { limit, round: random.u64(..), claims, taken: none.clone(), usable: none };
        for _ in 0..300 {
            let own = random.usize(..processes);
            match random.u8(..4) {
                0 => world.taken[own] = random.u32(0..=world.taken[own]),
                1 => world.taken[own] = world.taken[own].max(random.u32(0..=world.usable[own])),
                2 => world.round += u64::from(random.u8(..20) == 0),
                _ => {
                    let wants = if random.bool() { 0 } else { random.u32(0..=limit) };
                    world.ask(own, wants);
                }
            }
        }
        // From here on, all are greedy, and each place that was taken becomes free.
        for _ in 0..4 {
            for own in 0..processes {
                world.taken[own] = world.taken[own].min(world.usable[own]);
                world.ask(own, limit);
            }
        }
        let (least, most) = (world.usable.iter().min().unwrap(), world.usable.iter().max().unwrap());
        assert!(most - least <= 1 && world.usable.iter().sum::<u32>() == limit, "{limit}: {:?}", world.usable);
    }
}
