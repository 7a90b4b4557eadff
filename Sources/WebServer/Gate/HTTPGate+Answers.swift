import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// Our own answers, and the end that follows them.
extension HTTPGate {
    func answer(_ problem: Problem) {
        var headers = HTTPHeaders(problem.headers)
        headers.replaceOrAdd(name: "content-type", value: Problem.contentType)
        headers.replaceOrAdd(name: "cache-control", value: "no-store")
        answer(HTTPResponseStatus(statusCode: problem.status.code), headers: headers, body: problem.body)
    }

    /// Says it, closes our half, and throws away what still comes: a reset would take the answer from the client.
    func answer(_ status: HTTPResponseStatus, headers: HTTPHeaders, body: ByteBuffer) {
        guard let context, exchange?.isResponseStarted != true else {
            self.context?.close(promise: nil)
            return
        }
        var headers = headers
        headers.replaceOrAdd(name: "content-length", value: String(body.readableBytes))
        headers.replaceOrAdd(name: "connection", value: "close")
        headers.replaceOrAdd(name: "date", value: surroundings.date.now())
        context.write(Self.wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))), promise: nil)
        context.write(Self.wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: nil)
        linger()
    }

    func linger() {
        if case .lingering = phase { return endIfHeard() }
        forgetDecision()
        forgetRelay()
        phase = .lingering
        clock.waiting = .lingering(since: .now())
        clock.silentSince = nil
        early = []
        firstEarly = 0
        guard let context else { return }
        context.flush()
        removeDecoder(context: context)
        if isInputClosed { return endIfHeard() }
        context.close(mode: .output, promise: nil)
        if isReadWithheld {
            isReadWithheld = false
            context.read()
        }
    }

    /// Closing the second half throws away what the system has not taken: then a later look closes.
    private func endIfHeard() {
        guard isInputClosed, let context, context.channel.pendingBytes == 0 else { return }
        context.closeAtOnce()
    }

    /// A decoder that has stopped would gather what still comes.
    func removeDecoder(context: ChannelHandlerContext) {
        guard !isDecoderRemoved else { return }
        isDecoderRemoved = true
        context.pipeline.syncOperations.removeHandler(decoder, promise: nil)
    }
}
