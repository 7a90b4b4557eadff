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
        var joined = ByteBuffer()
        do throws(ResponseParser.Failure) {
            while case .busy = stage, let part = try parser.next() {
                switch part {
                case .head(let head): user?.nodeSaid(.head(head))
                case .body(let bytes):
                    guard user?.joinsParts == true else {
                        user?.nodeSaid(.body(bytes))
                        continue
                    }
                    if joined.readableBytes == 0 { joined = bytes } else { joined.writeImmutableBuffer(bytes) }
                    if joined.readableBytes >= Self.joinedBytes { tell(&joined) }
                case .end(let trailers):
                    tell(&joined)
                    if case .busy = stage { complete(trailers) }
                }
            }
            tell(&joined)
        } catch {
            tell(&joined)
            if case .busy = stage { fail(error.kind, error.detail) }
        }
    }

    /// More is not gathered: a stream's events come in chunks of a hundred bytes, and what is told of each costs ten times as much as
    /// copying it.
    private static var joinedBytes: Int { 16 * 1_024 }

    private func tell(_ joined: inout ByteBuffer) {
        guard joined.readableBytes > 0 else { return }
        let bytes = joined
        joined = ByteBuffer()
        user?.nodeSaid(.body(bytes))
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
