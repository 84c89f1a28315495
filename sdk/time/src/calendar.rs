//! Days and what they are called.

pub(crate) const SECOND: i64 = 1_000_000;
pub(crate) const DAY: i64 = 86_400 * SECOND;

const DAYS_OF_400_YEARS: i64 = 146_097;
/// Days from the first of March of year 0 to 1970.
const DAYS_TO_1970: i64 = 719_468;

pub(crate) fn days_of(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970. A year begins in March here, so that the day that some years have and others do not is the last one.
pub(crate) fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * DAYS_OF_400_YEARS + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - DAYS_TO_1970
}

/// Year, month and day of a day since the first of the year 0000. Numbers without a sign: dividing the others rightly costs
/// a component more.
pub(crate) fn civil_from_days(days: u64) -> (u64, u64, u64) {
    // Counted from the first of March 400 years before, which comes before every day there is.
    let days = days + 146_097 - 60;
    let era = days / 146_097;
    let of_era = days % 146_097;
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_based = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march_based + 2) / 5 + 1;
    let month = if march_based < 10 { march_based + 3 } else { march_based - 9 };
    // The sum first: January and February of the year 0000 are of the year before it here.
    (year_of_era + era * 400 + u64::from(month <= 2) - 400, month, day)
}
