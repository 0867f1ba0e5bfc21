import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Wire

/// Turns whatever was thrown into a reply: the single place where errors become HTTP.
///
/// A ``Problem`` says what it is in its own bytes, for the laptop. Everything else is the office's
/// own affair: it is logged here, and outside no more is said than that there was something.
struct ProblemResponse<Context: RequestContext>: RouterMiddleware {
  let logger: Logger

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch let problem as Problem {
      logger.notice(
        "turned away", metadata: ["path": "\(request.uri.path)", "problem": "\(problem)"])
      return Response(problem)
    } catch is Intake.Cut {
      logger.notice("connection lost", metadata: ["path": "\(request.uri.path)"])
      return Response(Problem.malformed)
    } catch let error as HTTPError where error.status.code < 500 {
      return Response(status: error.status)
    } catch {
      logger.error("failed", metadata: ["path": "\(request.uri.path)", "error": "\(error)"])
      return Response(Problem.internalFault)
    }
  }
}

extension Response {
  /// A reply that says why a request was turned away.
  init(_ problem: Problem) {
    var headers: HTTPFields = [.contentType: MediaType.problem]
    if problem.status == 401 { headers[.wwwAuthenticate] = Proof.scheme }
    switch problem {
    case .tooBusy: headers[.retryAfter] = "10"
    case .tooManyTries: headers[.retryAfter] = "60"
    default: break
    }
    self.init(
      status: .init(code: problem.status), headers: headers,
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: problem.bytes)))
  }

  /// A reply of Kulkul's.
  init(message: [UInt8]) {
    self.init(
      status: .ok, headers: [.contentType: MediaType.message],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: message)))
  }
}
