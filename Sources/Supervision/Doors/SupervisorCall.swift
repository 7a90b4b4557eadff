import Glibc

/// The command line's side of the supervisor's door: blocking, for a process that has nothing else to do.
package enum SupervisorCall {
    /// The supervisor's line of JSON; nil when none runs on this data directory. Empty when it ended before it answered.
    package static func send(_ line: String, directory: String) -> String? {
        guard let address = DoorAddress(directory: directory, file: DoorAddress.supervisor), let descriptor = address.connected() else {
            return nil
        }
        defer { close(descriptor) }
        let bytes = Array((line + "\n").utf8)
        guard Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else { return nil }
        return readAll(descriptor)
    }

    private static func readAll(_ descriptor: Int32) -> String {
        var gathered: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 * 1_024)
        while gathered.count < 1_024 * 1_024 {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            gathered += buffer.prefix(count)
        }
        return String(decoding: gathered, as: UTF8.self)
    }
}
