import NIOCore

/// What time brings.
extension SocketLine {
    func look(at now: NIODeadline) {
        switch stage {
        case .open: lookAtOpen(now)
        case .closing(let since), .lingering(let since): if now - since > rules.linger { context?.closeAtOnce() }
        case .ended: break
        }
    }

    func drain(afterMilliseconds: Int) {
        guard case .open = stage, let socket else { return }
        handler?.draining(socket, afterMilliseconds: afterMilliseconds)
    }

    func cut() {
        context?.closeAtOnce()
    }

    func end() {
        close(code: 1_001, reason: "the server is going away")
    }

    func moveOn() {
        close(code: 1_012, reason: "the server restarts")
    }

    var isBusy: Bool { true }

    func lookAtOpen(_ now: NIODeadline) {
        guard let context else { return }
        if now - lastHeard > rules.silence || stall.isStalled(channel: context.channel, at: now, limit: rules.write) {
            return context.close(promise: nil)
        }
        guard now >= nextPing else { return }
        nextPing = now + rules.ping
        if context.channel.isWritable { write(.ping) }
    }
}
