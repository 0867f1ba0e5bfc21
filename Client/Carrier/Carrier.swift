import CCarrier

/// Carries one HTTP request after another to a server and brings the replies back.
///
/// A carrier keeps its connection open from one request to the next, so a sync of many frames
/// shakes hands once. libcurl is opened by the first request, not by making a carrier: it costs
/// some milliseconds, which commands that work offline should not spend.
///
/// It is as careful as a sync over a bad network needs: redirects are replies like any other, only
/// http and https are spoken, a reply has a limit that the server cannot talk it out of, and a
/// reply that ended before its end is ``CarrierError/cut(_:)``, never a short success. What the
/// environment says of proxies (`https_proxy`, `no_proxy`, …) is honoured.
///
/// ```swift
/// let carrier = Carrier()
/// let reply = try carrier.send(HTTPRequest(.post, "https://kulkul.example/v1/sync", body: frame))
/// ```
///
/// A carrier belongs to one thread at a time; ``send(_:limits:progress:)`` blocks it.
public final class Carrier {
  /// The file of certificates that servers are measured against; without one, the system's.
  public let caFile: String?

  /// What had come of the last reply when its connection broke off; `nil` if nothing had.
  public private(set) var broken: HTTPReply?

  private var handle: OpaquePointer?
  private var isSending = false

  /// Makes a carrier that trusts the certificates in one PEM file, or those of the system.
  public init(trusting caFile: String? = nil) {
    self.caFile = caFile
  }

  deinit {
    if let handle { ccarrier_close(handle) }
  }

  /// Sends a request and waits for the whole reply, whatever its status is.
  ///
  /// - Precondition: the carrier is not sending already, as it is while `progress` runs, and a GET
  ///   has no body.
  /// - Parameters:
  ///   - request: What to send. Only its own headers and those that HTTP cannot do without go out.
  ///   - limits: How long to wait and how much to take.
  ///   - progress: Called several times a second while bytes move and at least once a second while
  ///     none do; the one place from which a request can be cancelled.
  /// - Returns: The reply, complete.
  /// - Throws: The reason why there is no reply. A request that was cut or timed out may have been
  ///   acted upon all the same.
  public func send(
    _ request: HTTPRequest,
    limits: CarrierLimits = .standard,
    progress: ((CarrierProgress) -> CarrierProgress.Decision)? = nil
  ) throws(CarrierError) -> HTTPReply {
    precondition(!isSending, "BUG: a carrier was asked to send while it was sending")
    precondition(
      request.method == .post || request.body.isEmpty, "BUG: a GET was given a body")
    isSending = true
    defer { isSending = false }

    let url = try checked(url: request.url)
    let lines = try headerLines(of: request)
    let handle = try openHandle()

    ccarrier_begin(handle, url)
    for line in lines { ccarrier_add_header(handle, line) }
    apply(limits, to: handle)
    if let caFile { ccarrier_set_ca_file(handle, caFile) }

    broken = nil
    let outcome = withWatcher(progress, on: handle) {
      request.body.withUnsafeBytes { body in
        switch request.method {
        case .get: ccarrier_set_get(handle)
        case .post: ccarrier_set_post(handle, body.baseAddress, body.count)
        }
        return ccarrier_perform(handle)
      }
    }
    defer { ccarrier_drop_reply(handle) }
    if let error = CarrierError(outcome, of: handle) {
      if error.isBroken && ccarrier_reply_length(handle) > 0 { broken = reply(of: handle) }
      throw error
    }
    return reply(of: handle)
  }

  private func reply(of handle: OpaquePointer) -> HTTPReply {
    HTTPReply(
      status: ccarrier_status(handle),
      contentType: ccarrier_content_type(handle).map { String(cString: $0) },
      body: Array(
        UnsafeBufferPointer(start: ccarrier_reply(handle), count: ccarrier_reply_length(handle)))
    )
  }

  private func openHandle() throws(CarrierError) -> OpaquePointer {
    if let handle { return handle }
    if let reason = ccarrier_load() {
      throw .libraryMissing(String(cString: reason))
    }
    guard let opened = ccarrier_open() else {
      throw .libraryMissing("libcurl gave no handle")
    }
    handle = opened
    return opened
  }

  private func apply(_ limits: CarrierLimits, to handle: OpaquePointer) {
    ccarrier_set_connect_timeout(handle, limits.connectTimeoutSeconds)
    ccarrier_set_low_speed(handle, limits.lowSpeedBytesPerSecond, limits.lowSpeedSeconds)
    ccarrier_set_loss_timeout(handle, limits.lossSeconds)
    if let seconds = limits.totalSeconds { ccarrier_set_total_timeout(handle, seconds) }
    ccarrier_set_reply_limit(handle, limits.maximumReplyBytes)
  }

  /// Lends the closure to C for as long as `body` runs.
  private func withWatcher<Result>(
    _ progress: ((CarrierProgress) -> CarrierProgress.Decision)?,
    on handle: OpaquePointer,
    _ body: () -> Result
  ) -> Result {
    guard let progress else { return body() }
    return withUnsafePointer(to: progress) { pointer in
      ccarrier_set_watcher(
        handle,
        { context, sent, toSend, received, toReceive in
          typealias Watcher = (CarrierProgress) -> CarrierProgress.Decision
          guard let watcher = context?.assumingMemoryBound(to: Watcher.self) else { return 0 }
          let decision = watcher.pointee(
            CarrierProgress(
              sent: Int(sent), toSend: Int(toSend),
              received: Int(received), toReceive: toReceive > 0 ? Int(toReceive) : nil))
          return decision == .cancel ? 1 : 0
        },
        UnsafeMutableRawPointer(mutating: pointer))
      return body()
    }
  }
}

// MARK: What must not reach C

/// Refuses what libcurl would guess at, or what C would read only in part.
private func checked(url: String) throws(CarrierError) -> String {
  guard url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
    throw .badAddress("the URL holds a space or a control character")
  }
  // Without a scheme libcurl assumes http and would send secrets in the clear.
  let scheme = url.prefix { $0.isASCII && $0.isLetter }
  guard !scheme.isEmpty, url.dropFirst(scheme.count).hasPrefix("://") else {
    throw .badAddress("the URL does not begin with https:// or http://")
  }
  return url
}

/// The request's headers as libcurl wants them, and silence for those it would add unasked.
private func headerLines(of request: HTTPRequest) throws(CarrierError) -> [String] {
  var lines: [String] = []
  // Waiting for a "100 Continue" would cost a second on servers that never send one.
  var unasked = ["expect": "Expect:", "content-type": "Content-Type:"]
  for (name, value) in request.headers {
    guard !name.isEmpty, name.utf8.allSatisfy(isTokenByte) else {
      throw .badHeader(name)
    }
    guard value.utf8.allSatisfy({ ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 }) else {
      throw .badHeader(name)
    }
    unasked[name.lowercased()] = nil
    lines.append(value.allSatisfy { $0 == " " || $0 == "\t" } ? "\(name);" : "\(name): \(value)")
  }
  return lines + unasked.values.sorted()
}

private func isTokenByte(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
    UInt8(ascii: "a")...UInt8(ascii: "z"):
    true
  default:
    "!#$%&'*+-.^_`|~".utf8.contains(byte)
  }
}
