import Storage
import Bus
import DeskProtocol
package import Logging
import ServiceLifecycle
import Vocabulary

/// What the desk does as long as the process lives: fans out, pings, notices departures, ends sockets, forgets.
package struct DeskService: Service, CustomStringConvertible {
    private let desk: DeskRoom
    private let logger: Logger

    /// How long the feed reaches back.
    package static let feedRetention = Duration.seconds(7 * 86_400)

    /// As the log of services names it.
    package var description: String { "desk" }

    package init(_ desk: DeskRoom, logger: Logger) {
        self.desk = desk
        self.logger = logger
    }

    package func run() async throws {
        let bells = desk.bus.listen { bell in hear(bell) }
        // The sockets are gone by then: the web server is asked to end first.
        await cancelWhenGracefulShutdown {
            await withTaskGroup { group in
                group.addTask { await desk.delivery.run() }
                group.addTask { await beat() }
                group.addTask { await forget() }
                await group.waitForAll()
            }
        }
        // Listened to until here.
        withExtendedLifetime(bells) {}
    }

    private func hear(_ bell: Bell) {
        for subscriber in desk.delivery.registry.all {
            switch (bell, subscriber.principal) {
            case (.sessionEnded(let session), .member(let member)):
                if member.session == session { subscriber.end(code: 4403, reason: "signed out") }
            case (.memberChanged(let changed), .member(let member)):
                if member.member == changed { subscriber.accessChanged() }
            case (.shopClosed(let shop), .customer(let customer)):
                if customer.shop == shop { subscriber.end(code: 4410, reason: "shop closed or key replaced") }
            default: break
            }
        }
    }

    /// Each second a twenty-fifth of all sessions gets its ping, so that five thousand of them make no wave.
    private func beat() async {
        var second = 0
        let period = Int(ProtocolLimits.pingMilliseconds / 1_000)
        while await pause(.seconds(1)) {
            second = (second + 1) % period
            for subscriber in desk.delivery.registry.all where subscriber.connection.utf8.pingSlot(of: period) == second {
                subscriber.ping()
            }
            for principal in desk.delivery.departures.due(at: desk.clock.now()) where !isBack(principal) {
                desk.delivery.committed(.presence(PresenceChange(principal, conversation: nil, isOnline: false)))
            }
        }
    }

    private func isBack(_ principal: Principal) -> Bool {
        switch principal {
        case .member(let member): !desk.delivery.registry.sessions(of: member.member).isEmpty
        case .customer(let customer): desk.delivery.registry.isOnline(customer.customer)
        }
    }

    private func forget() async {
        while await pause(.seconds(600)) {
            do {
                try await desk.tickets.forgetExpired()
                try await desk.trimFeeds(before: desk.clock.now() - Self.feedRetention)
            } catch {
                logger.warning(
                    "old tickets and feed items could not be forgotten; tried again in 10 minutes", metadata: ["error": "\(error)"])
            }
        }
    }

    /// False when the service is to end.
    private func pause(_ duration: Duration) async -> Bool {
        do {
            try await Task.sleep(for: duration)
            return true
        } catch {
            return false
        }
    }
}

extension DeskRoom {
    /// Forgets feed items older than `time`, in transactions short enough to let messages through.
    func trimFeeds(before time: Timestamp) async throws {
        for workspace in try await database.read({ try FeedStore.workspaces(on: $0) }) {
            while try await database.write({ try FeedStore.trim(workspace, before: time, limit: 500, on: $0) }) == 500 {}
        }
    }
}

extension String.UTF8View {
    /// Which of `count` slots this connection's pings fall into.
    fileprivate func pingSlot(of count: Int) -> Int {
        reduce(0) { ($0 &* 31 &+ Int($1)) % count }
    }
}
