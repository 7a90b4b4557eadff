import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Where finished lines go.
package protocol LogSink: Sendable {
    /// Takes one line with its line end, whole.
    func write(_ line: [UInt8])
}

/// A descriptor, unbuffered: what was logged is out when the process dies in the next instruction.
package final class DescriptorSink: LogSink {
    private let descriptor: CInt
    /// Lines larger than a pipe takes at once would mix with other threads' without it.
    private let turn = Mutex(())

    /// - Parameter descriptor: stays the caller's to close; standard error unless told otherwise.
    package init(descriptor: CInt = STDERR_FILENO) {
        self.descriptor = descriptor
    }

    package func write(_ line: [UInt8]) {
        turn.withLock { _ in writeAll(line[...]) }
    }

    private func writeAll(_ line: ArraySlice<UInt8>) {
        var rest = line
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                guard waitUntilWritable() else { return }
            } else if errno != EINTR {
                return
            }
        }
    }

    /// Somebody made the descriptor non-blocking and its reader is behind: a line is worth a second, not the server.
    private func waitUntilWritable() -> Bool {
        var waited = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&waited, 1, 1_000) > 0
    }
}
