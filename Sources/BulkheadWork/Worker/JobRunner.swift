import BulkheadCore
import BulkheadData

/// What came of one run.
package enum JobResult: Hashable, Sendable {
  case done
  /// Worth another try.
  case failed(code: String)
  /// Worth another try, though not before `delay` has passed.
  case postponed(code: String, delay: Duration)
  /// Not worth another try.
  case hopeless(code: String)
  /// Not what it claims to be. It was not run.
  case refused(code: String)
}

/// Opens an envelope and hands what is in it to the handler of its topic.
///
/// The tenant of the run is the one that the envelope was sealed for. The tenant that stands beside it in the queue is
/// only a claim: it must agree, and it never decides.
package struct JobRunner: Sendable {
  /// Error codes longer than this are cut.
  package static let codeBytesMax = 100

  private let opener: any EnvelopeOpener
  private let tenants: @Sendable (TenantContext) -> Tenant
  private let handlers: [String: JobHandler]

  /// `tenants` makes the scoped handle of a context. Refuses two handlers of one topic with `internal.fault`.
  package init(
    opener: any EnvelopeOpener, tenants: @escaping @Sendable (TenantContext) -> Tenant, handlers: [JobHandler]
  ) throws(Refusal) {
    self.opener = opener
    self.tenants = tenants
    var byTopic: [String: JobHandler] = [:]
    for handler in handlers {
      guard byTopic.updateValue(handler, forKey: handler.topic) == nil else {
        throw Refusal(.internalFault, "An internal error occurred.", diagnostic: "two handlers of \(handler.topic)")
      }
    }
    self.handlers = byTopic
  }

  package func run(_ claimed: ClaimedJob) async -> JobResult {
    let context: TenantContext
    let payload: [UInt8]
    do throws(Refusal) {
      (context, payload) = try opener.open(
        claimed.envelope, claimed: claimed.tenant, job: claimed.lease.key.id, topic: claimed.topic)
    } catch {
      // A key that is not there just now says nothing about the envelope.
      return error.code.category == .unavailable
        ? .failed(code: code(of: error))
        : .refused(code: JobFault.envelopeRefused.rawValue)
    }
    // The opener has checked this. It is checked again where the wrong answer would do harm.
    guard context.tenant == claimed.tenant else { return .refused(code: JobFault.tenantMismatch.rawValue) }
    guard let handler = handlers[claimed.topic] else { return .hopeless(code: JobFault.topicUnknown.rawValue) }
    guard let body = try? SealedBody(payload) else { return .hopeless(code: JobFault.payloadUnreadable.rawValue) }
    let job = Job(
      id: claimed.lease.key.id, topic: claimed.topic, key: claimed.subject, payload: body.payload, cause: body.cause,
      attempt: claimed.lease.attempt, attemptsMax: claimed.attemptsMax, createdAt: claimed.createdAt)
    do {
      try await handler.run(job, tenants(context))
      return .done
    } catch let abandoned as JobAbandoned {
      return .hopeless(code: cut(abandoned.code))
    } catch let postponed as JobPostponed {
      return .postponed(code: cut(postponed.code), delay: postponed.delay)
    } catch {
      return .failed(code: code(of: error))
    }
  }

  /// The stable code of an error: its texts may hold a tenant's data and go nowhere.
  private func code(of error: any Error) -> String {
    switch error {
    case let refusal as Refusal: cut(refusal.code.name)
    case let error as DataError: cut(error.description)
    default: JobFault.handlerFailed.rawValue
    }
  }

  private func cut(_ code: String) -> String {
    String(decoding: code.utf8.filter { (0x21...0x7E).contains($0) }.prefix(Self.codeBytesMax), as: UTF8.self)
  }
}
