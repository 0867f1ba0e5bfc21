import Bytes
import Carrier
import Wire

/// The office as a laptop reaches it: an address, and what may come back from it.
struct Office {
  let address: String
  private let carrier: Carrier

  init(_ address: String, carrier: Carrier) {
    var trimmed = address[...]
    while trimmed.hasSuffix("/") { trimmed.removeLast() }
    self.address = String(trimmed)
    self.carrier = carrier
  }

  /// Hands over a message and brings back the office's.
  ///
  /// - Parameter porter: who goes on where a connection breaks off; without one that is an error.
  /// - Throws: ``Problem`` if the office turns it away, ``CourierError`` if it was no office.
  func answer(
    to message: [UInt8], at path: String, proof: Proof? = nil, by porter: Porter? = nil,
    progress: ((CarrierProgress) -> CarrierProgress.Decision)? = nil
  ) throws -> [UInt8] {
    var headers = [(name: "Content-Type", value: MediaType.message)]
    if let proof { headers.append((name: "Authorization", value: proof.header)) }
    let request = HTTPRequest(.post, address + path, headers: headers, body: message)
    let reply =
      try porter?.carry(request, question: address + "/v1/passage", progress: progress)
      ?? carrier.send(request, progress: progress)
    let type = reply.contentType?.split(separator: ";").first.map { String($0).lowercased() }
    if type == MediaType.problem, let problem = Problem(reply.body) { throw problem }
    guard type == MediaType.message, reply.status == 200 else {
      throw CourierError.foreignServer(address: address, status: reply.status)
    }
    return reply.body
  }
}
