import BulkheadCore

/// A calendar month in UTC, as stock is closed by.
struct StockMonth: Sendable, Hashable {
  let startsOn: CivilDate
  /// The first moment after it.
  let endsAt: Instant

  /// The month that `day` lies in. Refuses with `date.malformed` the last one that the calendar has.
  init(of day: CivilDate) throws(Refusal) {
    startsOn = try CivilDate(year: day.year, month: day.month, day: 1)
    let (year, month) = day.month == 12 ? (day.year + 1, 1) : (day.year, day.month + 1)
    endsAt = try CivilDate(year: year, month: month, day: 1).midnight
  }
}

extension CivilDate {
  /// The first moment of this day in UTC.
  var midnight: Instant {
    get throws(Refusal) {
      guard let midnight = Instant(postgres: "\(self) 00:00:00+00") else {
        throw Refusal(.dateMalformed, "This is not a date between 1900-01-01 and 9999-12-31.")
      }
      return midnight
    }
  }

  /// The first moment after this day in UTC.
  var end: Instant { get throws(Refusal) { try midnight + .seconds(86_400) } }
}
