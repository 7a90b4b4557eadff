import NIOCore

/// The response on its way from the node.
extension NodeConnection {
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch stage {
        case .opening, .closed: return
        // Nobody asked for these: whoever came next would get them for an answer.
        case .idle: return home.drop(self)
        case .busy: break
        }
        hasHeard = true
        parser.feed(Self.unwrapInboundIn(data))
        guard !isParsing else { return }
        isParsing = true
        parse()
        isParsing = false
    }

    private func parse() {
        do throws(ResponseParser.Failure) {
            while case .busy = stage, let part = try parser.next() {
                switch part {
                case .head(let head): user?.nodeSaid(.head(head))
                case .body(let bytes): user?.nodeSaid(.body(bytes))
                case .end(let trailers): complete(trailers)
                }
            }
        } catch {
            fail(error.kind, error.detail)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        user?.nodePaused()
        context.fireChannelReadComplete()
    }

    /// Holds back what the node sends, or lets it come again. What the system has taken waits in its buffers, and then at the node.
    func hold(_ on: Bool) {
        isHeld = on
        guard !on, isReadWithheld else { return }
        isReadWithheld = false
        context?.read()
    }

    func read(context: ChannelHandlerContext) {
        if isHeld { isReadWithheld = true } else { context.read() }
    }
}
