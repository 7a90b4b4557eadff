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
        let (checks, check) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let bells = desk.bus.listen { bell, isOwn in
            desk.hear(bell, isOwn: isOwn)
            if bell == .lookAgain { check.yield() }
        }
        // The sockets are gone by then: the web server is asked to end first.
        await cancelWhenGracefulShutdown {
            await withTaskGroup { group in
                group.addTask { await desk.delivery.run() }
                group.addTask { await beat() }
                group.addTask { await noticePresence() }
                group.addTask { await forget() }
                group.addTask { await index() }
                if let sharing = desk.delivery.shared?.sharing {
                    group.addTask { await lookAround(each: sharing.looksEvery) }
                    group.addTask { await checkSessions(checks) }
                    group.addTask {
                        while await pause(Self.checkInterval) { check.yield() }
                        check.finish()
                    }
                }
                await group.waitForAll()
            }
        }
        // Listened to until here.
        withExtendedLifetime(bells) {}
        await leave()
    }

    /// Each second a twenty-fifth of all sessions gets its ping, so that five thousand of them make no wave.
    private func beat() async {
        var second = 0
        let period = Int(ProtocolLimits.pingMilliseconds / 1_000)
        repeat {
            second = (second + 1) % period
            for subscriber in desk.delivery.registry.all where subscriber.connection.utf8.pingSlot(of: period) == second {
                subscriber.ping()
            }
        } while await pause(.seconds(1))
    }

    /// Beside the pings: it may have to wait for the database, and they must not.
    private func noticePresence() async {
        repeat {
            do {
                try await desk.noticePresence()
            } catch {
                logger.warning("who is connected elsewhere could not be read; tried again in a second", metadata: ["error": "\(error)"])
            }
        } while await pause(.seconds(1))
    }

    // MARK: Beside other instances

    /// How often rights are looked up without a bell: one that was lost is the exception.
    private static let checkInterval = Duration.seconds(60)

    /// Heals what no hint told.
    private func lookAround(each interval: Duration) async {
        while await pause(interval) { desk.delivery.committed(.lookAgain) }
    }

    private func checkSessions(_ checks: AsyncStream<Void>) async {
        for await _ in checks {
            do {
                try await desk.checkSessions()
            } catch {
                logger.warning("the rights of who is connected could not be looked up; tried again", metadata: ["error": "\(error)"])
            }
        }
    }

    private func leave() async {
        // Beyond the cancellation that brought us here.
        await Task {
            do {
                try await desk.delivery.presence?.leave()
            } catch {
                logger.notice("the other instances were not told that this one ends", metadata: ["error": "\(error)"])
            }
        }.value
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

    /// Brings what was said into the search's index. After each step the writer belongs to others three times as long as that one took.
    private func index() async {
        var rest = Duration.seconds(1)
        repeat {
            do {
                if !desk.indexer.isOurs() { desk.indexer.rest() }
                while desk.indexer.isOurs() {
                    let began = ContinuousClock.now
                    guard try await desk.indexer.round() else { break }
                    guard await pause(min(.seconds(1), began.duration(to: .now) * 3)) else { return }
                }
                rest = .seconds(1)
            } catch {
                rest = min(rest * 2, .seconds(60))
                logger.warning(
                    "what was said could not be brought into the search's index; tried again in \(rest)", metadata: ["error": "\(error)"])
            }
        } while await pause(rest)
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

extension DeskRoom {
    /// What a bell says to this instance's connections; returns at once.
    func hear(_ bell: Bell, isOwn: Bool) {
        switch bell {
        case .sessionEnded, .memberChanged: hearOfMember(bell)
        case .shopClosed(let shop) where isOwn || delivery.shared == nil:
            for visitor in delivery.registry.visitors(of: shop) { visitor.end(code: 4410, reason: "shop closed or key replaced") }
        // It may have taken its time: who came since, with the new key, stays.
        case .shopClosed(let shop): delivery.committed(.shopHint(shop))
        case .feedMoved(let workspace, let number) where !isOwn: delivery.committed(.feedHint(workspace, number))
        case .receiptMoved(let workspace, let number) where !isOwn: delivery.committed(.receiptHint(workspace, number))
        case .typing(let bell) where !isOwn:
            if let typing = Delivery.Typing(bell) { delivery.committed(.typing(typing)) }
        case .presenceChanged where !isOwn: delivery.presence?.lookAgain()
        case .lookAgain:
            delivery.committed(.lookAgain)
            delivery.presence?.lookAgain()
        default: break
        }
    }

    private func hearOfMember(_ bell: Bell) {
        for subscriber in delivery.registry.all {
            guard case .member(let member) = subscriber.principal else { continue }
            switch bell {
            case .sessionEnded(let session): if member.session == session { subscriber.end(code: 4403, reason: "signed out") }
            case .memberChanged(let changed): if member.member == changed { subscriber.accessChanged() }
            default: break
            }
        }
    }

    /// Who is really gone by now, here; who came and went elsewhere.
    func noticePresence() async throws {
        let now = clock.now()
        let due = delivery.departures.due(at: now)
        // Who came back elsewhere has not left.
        if !due.isEmpty { delivery.presence?.lookAgain() }
        defer {
            let changes = delivery.presence?.changes(at: now) ?? []
            for change in changes { delivery.committed(.presence(change)) }
            for principal in due where !isConnected(principal) {
                delivery.committed(.presence(PresenceChange(principal, conversation: nil, isOnline: false)))
            }
        }
        try await delivery.presence?.turn(at: now)
    }

    private func isConnected(_ principal: Principal) -> Bool {
        delivery.registry.isOnline(principal.person) || delivery.presence?.isPresent(principal.person) ?? false
    }

    /// Ends the connections of members whose session ended, or whose name or role changed, on another instance.
    func checkSessions() async throws {
        let subscribers = delivery.registry.all.compactMap { subscriber -> (any Subscriber, MemberPrincipal)? in
            if case .member(let member) = subscriber.principal { (subscriber, member) } else { nil }
        }
        guard !subscribers.isEmpty else { return }
        let present = try await directory.principals(ofSessions: Array(Set(subscribers.map(\.1.session))))
        for (subscriber, member) in subscribers {
            if present[member.session] == nil {
                subscriber.end(code: 4403, reason: "signed out, or rights changed")
            } else if present[member.session] != member {
                subscriber.end(code: 1012, reason: "name or role changed: reconnect")
            }
        }
    }
}

extension String.UTF8View {
    /// Which of `count` slots this connection's pings fall into.
    fileprivate func pingSlot(of count: Int) -> Int {
        reduce(0) { ($0 &* 31 &+ Int($1)) % count }
    }
}
