import HTTPTypes
import NIOCore
import NIOHTTP1
import Relay

/// Relays: requests that never see the router.
extension HTTPGate {
    func relay(_ head: HTTPRequestHead, to route: RelayRoute, context: ChannelHandlerContext) {
        guard !isInputClosed else { return context.closeAtOnce() }
        // The router refuses it.
        if surroundings.inputs.holds(head) { return self.route(head, context: context) }
        if outlet == nil { outlet = try? context.pipeline.syncOperations.context(handler: encoder) }
        guard outlet != nil else { return context.closeAtOnce() }
        phase = .relaying
        let relay = GateRelay(head, gate: self, context: context)
        relayed = relay
        guard relay.begin(head, route: route, isSecure: surroundings.isSecure) else { return answer(.relayMissing) }
        relay.exchange?.open()
    }

    /// The response is whole.
    func endRelay(context: ChannelHandlerContext) {
        endResponse(context: context)
        readAgain(context: context)
    }

    /// The response stays a fragment; what was written of it still goes out.
    func cutRelay() {
        guard let context else { return }
        // Where only the end of the connection ends a body, a proper end would make the fragment look whole.
        if exchange?.version.isOld == true || exchange?.isResponseStarted != true { return context.closeAtOnce() }
        context.flush()
        linger()
    }

    func readAgain(context: ChannelHandlerContext) {
        guard isReadWithheld else { return }
        isReadWithheld = false
        read(context: context)
    }

    func forgetRelay() {
        relayed?.left()
    }

    /// The peer's address, asked once.
    func peer(of channel: any Channel) -> String {
        if let knownPeer { return knownPeer }
        let peer = channel.clientAddress
        knownPeer = peer
        return peer
    }
}

extension Problem {
    /// A mistake in how the house is put together.
    static let relayMissing = Problem(
        .serviceUnavailable, code: "web.relay_missing", detail: "This server can't relay requests at the moment.")
}
