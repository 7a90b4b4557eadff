/// What a thread that stands still stands in: told from `/proc` alone, without a look at its memory.
extension ThreadFacts {
    /// Whether it looks like one that merely waits for work: for events, for a message, or in a pool. A thread that hangs looks otherwise:
    /// it runs, sleeps, waits for the disk or for a lock that somebody holds.
    package var isIdle: Bool {
        guard state == "S" else { return false }
        if isFutex { return isTimed }
        let place = waitsIn ?? ""
        return Self.idlePlaces.contains { place.contains($0) }
    }

    /// Kernel functions in which threads wait for work.
    private static let idlePlaces = [
        "epoll", "ep_poll", "sigsuspend", "sigtimedwait", "pipe_read", "pipe_wait", "skb_wait", "skb_recv", "unix_stream_read",
        "inet_csk_accept",
    ]

    private var isFutex: Bool {
        if let number = callWords.first.flatMap({ Int($0) }) { return number == Self.futexCall }
        return waitsIn?.hasPrefix("futex") == true
    }

    /// A pool's idle threads wait for some seconds and then end; who waits for a lock waits for ever. Where the call may not be seen every
    /// wait for a futex counts as idle.
    private var isTimed: Bool {
        let words = callWords
        guard words.count >= 5 else { return true }
        return words[4] != "0x0"
    }

    private var callWords: [Substring] { (systemCall ?? "").split(separator: " ") }

    #if arch(x86_64)
        private static let futexCall = 202
    #else
        private static let futexCall = 98
    #endif
}

extension [ThreadFacts] {
    /// Which of a process's threads hangs, as far as that can be told.
    /// - Parameter likely: the one that gave the last sign of life; a pool may have worked on in another since.
    /// - Returns: its number; the likely one's when all merely seem to wait; nil when that is gone.
    package func hanging(likely: Int32) -> Int32? {
        if let known = first(where: { $0.id == likely }), !known.isIdle { return known.id }
        // Those that only ever wait, and can be found sleeping in between.
        let busy = filter { !$0.isIdle && $0.name != "pulse" && $0.name != "signals" }
        let found = busy.first { $0.state == "D" } ?? busy.first { $0.state != "R" } ?? busy.first
        return (found ?? first { $0.id == likely })?.id
    }
}
