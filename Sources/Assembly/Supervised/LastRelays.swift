import Gateway
import WebServer

/// The streams that a server still carries when it has let its data go to the next one. What they cost is written into the ledger's journal,
/// which the next server takes into the books when this process has ended.
package struct LastRelays: Sendable {
    let servers: [WebServer]
    let ledger: Ledger
    /// What limits of keys have to know of them.
    let unbooked: UnbookedUse
    let life: WorkerLife
    /// What is left of their time once the program is to stop.
    let drain: Duration

    /// Returns when the last one has ended. At once where there are none.
    package func ended() async {
        let steering = Task {
            // The order that brought us here has been heard; the next one hurries.
            for await departure in life.departures(isNew: true) {
                if departure == .drain { try await Task.sleep(for: drain) }
                for server in servers { server.cutRelays() }
            }
        }
        if life.isOrphaned { for server in servers { server.cutRelays() } }
        let syncing = Task {
            while !Task.isCancelled {
                try await Task.sleep(for: .milliseconds(250))
                await ledger.journal.sync()
                unbooked.tell()
            }
        }
        for server in servers { await server.relaysEnded() }
        steering.cancel()
        syncing.cancel()
        await ledger.journal.sync()
        unbooked.tell()
    }
}
