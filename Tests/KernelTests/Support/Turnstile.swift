/// Lets so many in at a time, in the order in which they came: systems of a test process share one PostgreSQL and its
/// connections. Who must be alone takes all places.
actor Turnstile {
  private var free: Int
  private var waiting: [(places: Int, continuation: CheckedContinuation<Void, Never>)] = []

  init(places: Int) { free = places }

  func enter(_ places: Int = 1) async {
    guard !waiting.isEmpty || free < places else {
      free -= places
      return
    }
    await withCheckedContinuation { waiting.append((places, $0)) }
  }

  func leave(_ places: Int = 1) {
    free += places
    while let next = waiting.first, next.places <= free {
      free -= next.places
      waiting.removeFirst()
      next.continuation.resume()
    }
  }
}
