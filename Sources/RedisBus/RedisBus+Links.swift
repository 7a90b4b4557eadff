import Bus
import Logging
import NIOCore
import RedisProtocol
import Synchronization
import Vocabulary

extension RedisBus {
    /// The connection that tells.
    func commands() -> RedisLink {
        RedisLink(configuration: configuration, group: group, pace: pace) { [self] connection throws(RedisError) in
            links.withLock { links in
                links.commands = connection
                links.state.server = "\(connection.server.server) \(connection.server.version)"
            }
            signOfLife()
        } down: { [self] error in
            links.withLock { links in
                links.commands = nil
                links.forgetEcho()
            }
            lost(error)
        } farewell: { [self] connection in
            if let text = RedisMessage(.farewell, from: instance).text {
                connection.enqueue(RedisCommand("PUBLISH", channel, text)).whenComplete { _ in }
            }
        }
    }

    /// The connection that listens.
    func subscription() -> RedisLink {
        var listening = configuration
        listening.name += "-listening"
        return RedisLink(configuration: listening, group: group, pace: pace, onPush: { [self] in hear($0) }) {
            [self] connection throws(RedisError) in
            try await connection.send(RedisCommand("SUBSCRIBE", channel))
            links.withLock { links in
                links.subscription = connection
                links.hearing.startAnew()
                links.forgetEcho()
            }
            signOfLife()
        } down: { [self] error in
            links.withLock { links in
                links.subscription = nil
                links.forgetEcho()
            }
            lost(error)
        }
    }

    /// Every second: a sign of life, and a look at who is missing.
    func beat() async {
        while !Task.isCancelled {
            signOfLife()
            look()
            try? await Task.sleep(for: pace.beat)
        }
    }

    private func signOfLife() {
        let owesLook = links.withLock { links in
            guard links.commands != nil else { return false }
            defer { links.owesLook = false }
            return links.owesLook
        }
        if owesLook { publish(.bell(.lookAgain)) }
        links.withLock { $0.awaitEcho(at: .now) }
        publish(.beat)
    }

    /// Looks again while hints may get lost, and ends a subscription that doesn't even hear us.
    private func look() {
        let now = ContinuousClock.now
        let deaf = links.withLock { links -> RedisConnection? in
            guard links.isDeaf(at: now, pace: pace) else { return nil }
            links.state.lastError = "our own messages don't come back"
            return links.subscription
        }
        deaf?.abandon()
        let (isUp, isNews) = judge()
        if !isUp && !isNews { listeners.tell(.lookAgain, isOwn: false) }
    }

    /// Judges whether hints get through. When that changes, everybody looks again: for what gets lost now, or for what was missed before.
    @discardableResult
    private func judge() -> (isUp: Bool, isNews: Bool) {
        let (isNews, state) = links.withLock { $0.judge(at: .now, clock.now(), pace: pace) }
        guard isNews else { return (state.isUp, false) }
        listeners.tell(.lookAgain, isOwn: false)
        if state.isUp {
            logger.info("hints go by Redis", metadata: ["server": "\(state.server)", "reconnects": "\(state.reconnects)"])
        } else {
            logger.warning(
                "hints don't get through; the database is asked every second instead",
                metadata: ["error": "\(state.lastError ?? "an instance is not heard")", "silent": "\(state.silent.count)"])
        }
        return (state.isUp, true)
    }

    private func lost(_ error: RedisError) {
        links.withLock { $0.state.lastError = "\(error)" }
        judge()
    }

    // MARK: - What comes

    /// Strangers may write to the channel: what no instance says is counted and passed over.
    private func hear(_ push: [RedisValue]) {
        guard push.first?.string == "message" else { return }
        guard push.count == 3, case .bytes(let bytes)? = push.last, bytes.readableBytes <= RedisMessage.longest,
            let message = push.last?.string.flatMap(RedisMessage.init(text:))
        else { return links.withLock { $0.state.ignored += 1 } }
        message.from == instance ? echo(message.content) : heard(message)
    }

    private func echo(_ content: RedisMessage.Content) {
        guard content == .beat else { return }
        links.withLock { links in
            links.hasEcho = true
            links.awaitsEchoSince = nil
        }
        judge()
    }

    private func heard(_ message: RedisMessage) {
        let now = ContinuousClock.now
        links.withLock { links in
            if message.content == .farewell { links.hearing.left(message.from) } else { links.hearing.heard(message.from, at: now) }
            if case .bell = message.content { links.state.heard += 1 }
        }
        if case .bell(let bell) = message.content { listeners.tell(bell, isOwn: false) }
    }
}
