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
                try await Task.sleep(for: .seconds(1))
                board.tick()
            }
        }
    }
}
