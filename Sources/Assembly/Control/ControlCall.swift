import FoundationEssentials
import Glibc
import Supervision

/// The command line's side of the control socket: blocking, for a process that has nothing else to do.
package enum ControlCall {
    /// The running server's answer; nil when no server listens in this data directory.
    package static func send(_ order: HouseOrder, directory: String) -> HouseAnswer? {
        guard let address = DoorAddress(directory: directory, file: DoorAddress.control), let descriptor = address.connected() else {
            return nil
        }
        defer { close(descriptor) }
        guard var bytes = try? JSONEncoder().encode(order) else { return nil }
        bytes.append(UInt8(ascii: "\n"))
        guard write(bytes, to: descriptor) else { return nil }
        let reply = readAll(from: descriptor)
        return (try? JSONDecoder().decode(HouseAnswer.self, from: reply))
            ?? HouseAnswer(refusal: "the running server ended before it answered: look at its log")
    }

    private static func write(_ bytes: Data, to descriptor: CInt) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private static func readAll(from descriptor: CInt) -> Data {
        var gathered = Data()
        var buffer = [UInt8](repeating: 0, count: 16 * 1_024)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return gathered }
            gathered.append(contentsOf: buffer.prefix(count))
        }
    }
}
