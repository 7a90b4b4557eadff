import BlackBox
import NIOCore
import NIOHTTP1

/// WebSockets: the route's decision and the change of handlers.
extension HTTPGate {
    func ask(_ route: SocketRoute, key: String, head: HTTPRequestHead, context: ChannelHandlerContext) {
        let print = head.fingerprint
        if let incident = surroundings.inputs.incident(of: print) { return answer(.quarantined(incident)) }
        let request = surroundings.socketRequest(from: head, channel: context.channel)
        let input = surroundings.inputs.arrived(.request, id: request.requestID, bytes: nil, fingerprint: print)
        let me = NIOLoopBound(self, eventLoop: context.eventLoop)
        let eventLoop = context.eventLoop
        let task = Task {
            let decision = await route.decide(request)
            eventLoop.execute { me.value.decided(decision, id: request.requestID) }
        }
        phase = .deciding(UpgradeRequest(route: route, key: key, request: request, input: input, task: task))
        clock.waiting = .decision(since: .now())
    }

    func decided(_ decision: SocketDecision, id: String) {
        guard case .deciding(let asked) = phase, asked.request.requestID == id, let context, context.channel.isActive else { return }
        asked.input.handled()
        switch decision {
        case .refuse(let problem): answer(problem)
        // A decoder may only leave between messages: a request that opens a socket has no body, so its end came with its head.
        case .accept where exchange?.isRequestComplete != true: answer(.malformed("A request that opens a WebSocket has no body."))
        case .accept(let make): upgrade(context: context, asked, handler: make(context.eventLoop))
        }
    }

    func upgrade(context: ChannelHandlerContext, _ asked: UpgradeRequest, handler: any SocketHandler) {
        let accept = HTTPHeaders([
            ("upgrade", "websocket"), ("connection", "upgrade"), ("sec-websocket-accept", SocketHandshake.answer(to: asked.key)),
        ])
        let head = HTTPResponseHead(version: .http1_1, status: .switchingProtocols, headers: accept)
        context.writeAndFlush(Self.wrapOutboundOut(.head(head)), promise: nil)
        phase = .walled
        let line = SocketLine(
            watch: watch, rules: SocketRules(limits: asked.route.limits, timeouts: surroundings.timeouts), inputs: surroundings.inputs,
            fingerprint: InputFingerprint.socket(path: asked.request.path))
        let socket = Socket(request: asked.request.trimmed(), line: line, eventLoop: context.eventLoop)
        do {
            try replaceHandlers(context: context, with: line)
            line.open(socket, handler: handler)
        } catch {
            context.close(promise: nil)
        }
    }

    /// On a fresh connection everything of HTTP leaves. Where the router was at work, we stay as a wall between it and the socket.
    func replaceHandlers(context: ChannelHandlerContext, with line: SocketLine) throws {
        let pipeline = context.pipeline.syncOperations
        let channel = context.channel
        try pipeline.addHandler(line, position: .before(self))
        pipeline.removeHandler(encoder, promise: nil)
        removeDecoder(context: context)
        if !hasRouter { pipeline.removeHandler(self, promise: nil) }
        if isReadWithheld { channel.read() }
    }
}
