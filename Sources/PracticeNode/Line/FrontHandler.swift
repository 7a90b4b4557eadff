import NIOCore

/// First in each connection: counts it, and is where a connection is broken past TLS.
final class FrontHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let journal: RequestJournal
    private var isOpen = true

    init(journal: RequestJournal) {
        self.journal = journal
    }

    func channelInactive(context: ChannelHandlerContext) {
        if isOpen {
            isOpen = false
            journal.count { $0.openConnections -= 1 }
        }
        context.fireChannelInactive()
    }
}
