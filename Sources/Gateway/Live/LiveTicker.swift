import ServiceLifecycle

/// Ends each second of the live view.
package struct LiveTicker: Service {
    let board: LiveBoard

    package init(_ board: LiveBoard) {
        self.board = board
    }

    package func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while true {
                // A little behind the border: one second at a time, however long the work of a tick takes.
                try await Task.sleep(for: board.restOfSecond + .milliseconds(5))
                board.tick()
            }
        }
    }
}
