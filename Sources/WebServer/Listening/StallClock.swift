import NIOCore

/// Notices a peer that doesn't read: bytes wait and don't become fewer.
struct StallClock {
    private var pending = 0
    private var since: NIODeadline?

    /// - Parameter pending: bytes that wait in our own buffer, beyond what the system took.
    mutating func isStalled(pending: Int, at now: NIODeadline, limit: TimeAmount) -> Bool {
        defer { self.pending = pending }
        guard pending > 0 else {
            since = nil
            return false
        }
        guard let since, pending >= self.pending else {
            since = now
            return false
        }
        return now - since > limit
    }

    mutating func isStalled(channel: any Channel, at now: NIODeadline, limit: TimeAmount) -> Bool {
        // Most sockets have nothing pending: ask the cheap question first.
        guard !channel.isWritable || since != nil || pending > 0 else {
            pending = channel.pendingBytes
            return false
        }
        return isStalled(pending: channel.pendingBytes, at: now, limit: limit)
    }
}

extension Channel {
    /// What was written and the system has not taken yet. On the channel's event loop.
    var pendingBytes: Int {
        (try? syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }
}
