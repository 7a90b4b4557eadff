import Logging

/// How the server goes.
extension WebServer {
    /// Stops accepting, says goodbye to everyone, and waits no longer than the drain time-out.
    func drain(_ listeners: [Listener]) async {
        readiness.become(.draining)
        logger.notice("draining", metadata: ["connections": "\(connections.open)"])
        for listener in listeners { await listener.close() }
        connections.close()
        watches.drain(over: configuration.timeouts.drain / 4)
        await waitForConnections(over: configuration.timeouts.drain)
    }

    /// Stops accepting while another server takes over: nobody may be turned away, and what needs the data must end soon, because the other
    /// one waits for it. Returns when nothing but relays is left.
    func handOver(_ listeners: [Listener]) async {
        readiness.become(.draining)
        logger.notice("handing over", metadata: ["connections": "\(connections.open)"])
        // NIO cuts who was accepted but not yet handed on when the listening channel closes: first it accepts no more, then what is on its way
        // from loop to loop arrives, and only then it closes.
        for listener in listeners { await listener.pause() }
        for _ in 0..<3 { await watches.settle() }
        // A kept connection's next request may be on the wire: it is answered, and the connection ends with it.
        watches.soften()
        try? await Task.sleep(for: Self.lastWords)
        for listener in listeners { await listener.close() }
        connections.close()
        watches.drain(over: min(configuration.timeouts.drain / 4, Self.moveTime))
        await watches.settle()
        // What told the sockets to move has to be written first.
        try? await Task.sleep(for: Self.farewell)
        watches.moveAll()
        await waitWhileBusy()
    }

    /// For requests that were under way when the kept connections were looked through.
    private static let lastWords = Duration.milliseconds(100)
    private static let farewell = Duration.milliseconds(20)
    /// Over which sockets come to the new server.
    private static let moveTime = Duration.milliseconds(1_500)
    /// For requests that are being answered.
    private static let busyTime = Duration.seconds(5)

    /// Until nothing but relays is under way, or the others have had their time.
    private func waitWhileBusy() async {
        let end = ContinuousClock.now + min(configuration.timeouts.drain, Self.busyTime)
        while await watches.areBusy() {
            guard ContinuousClock.now < end else { return watches.endAll() }
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    func waitForConnections(over patience: Duration) async {
        let reminders = Task { [watches] in
            // The rest gets its goodbye while there is still time to hear it, then the line is cut.
            try await Task.sleep(for: patience * 8 / 10)
            watches.endAll()
            try await Task.sleep(for: patience * 2 / 10)
            while !Task.isCancelled {
                watches.cutAll()
                try await Task.sleep(for: .milliseconds(50))
            }
        }
        await connections.waitUntilEmpty()
        reminders.cancel()
        _ = await reminders.result
    }
}
