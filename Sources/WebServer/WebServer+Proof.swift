import Logging
import NIOCore
import NIOPosix

/// Ready is who has answered.
extension WebServer {
    /// For its own requests through its ports. The supervisor's patience with this stage is longer.
    static let proofTime = Duration.seconds(20)

    /// Returns when a request came back through each port: at once where `provesItself` is off.
    /// - Throws: `WebServerError`; what `run` throws when it can't listen.
    package func ready() async throws {
        _ = try await proof.value()
    }

    /// One request before anybody else's, with both of its ends on one event loop, while the ports do not accept yet.
    ///
    /// The runtime makes types when they are first used; when two event loops need the same ones at the same moment for the first time it may
    /// crash (Swift 6.3.1: `swift_checkMetadataState` under `furnishHTTP1`, seen once in some hundreds of starts with a queue of clients at the door).
    func rehearse(_ certificate: CertificateKeeper?) async {
        let eventLoop = group.next()
        for keeper in certificate.map({ [$0, nil] }) ?? [nil] {
            let surroundings = surroundings(isSecure: keeper != nil, redirectPort: nil)
            guard let client = await maker.inside(on: eventLoop, surroundings: surroundings, certificate: keeper) else { continue }
            let problem = await RoundTrip.ask(readiness.sign, isSecure: keeper != nil, on: eventLoop, within: Self.rehearsalTime) {
                $0.withConnectedSocket(client)
            }
            if let problem { logger.debug("the first request of the server to itself failed", metadata: ["reason": "\(problem)"]) }
        }
    }

    /// It takes milliseconds. Whoever does not answer is not kept from listening by it: the proof comes afterwards.
    private static let rehearsalTime = Duration.milliseconds(500)

    func prove(_ listeners: [Listener]) async {
        for listener in listeners {
            guard let address = listener.channel.localAddress else { continue }
            let trip = RoundTrip(address: address, isSecure: listener.bound.isSecure, sign: readiness.sign)
            guard let reason = await trip.prove(within: Self.proofTime) else { continue }
            // Told to go before it was sure of itself: that is no failure.
            if Task.isCancelled { return proof.become(.failure(CancellationError())) }
            return proof.become(.failure(WebServerError.notAnswering(url: listener.bound.url, reason: reason)))
        }
        readiness.become(.ready)
        proof.become(.success(true))
    }
}
