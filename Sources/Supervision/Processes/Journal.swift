import Glibc
import Host

/// The supervisor's lines in the log, in the form of the workers' lines.
struct Journal {
    var isJSON = false

    func write(_ severity: Severity, _ message: String, _ facts: [String: String] = [:]) {
        let time = Clock.text(Clock.wall)
        let fields = facts.sorted { $0.key < $1.key }.map { (key: $0.key, value: CommandText.clean($0.value, limit: 1_000)) }
        var line: String
        if isJSON {
            line =
                "{\"time\":\"\(time)\",\"level\":\"\(severity.rawValue)\",\"label\":\"supervisor\",\"message\":\(JSONLine.quoted(message))"
            for field in fields { line += ",\(JSONLine.quoted(field.key)):\(JSONLine.quoted(field.value))" }
            line += "}\n"
        } else {
            let name = severity.rawValue.uppercased()
            line = "\(time) \(name)\(String(repeating: " ", count: max(1, 9 - name.utf8.count)))\(message)"
            for (index, field) in fields.enumerated() { line += "\(index == 0 ? "  " : " ")\(field.key)=\(plain(field.value))" }
            line += "\n"
        }
        Self.write(line, to: STDERR_FILENO)
    }

    /// In quotes where it has to be.
    private func plain(_ value: String) -> String {
        let isPlain = !value.isEmpty && value.utf8.allSatisfy { (0x21..<0x7F).contains($0) && $0 != 0x22 && $0 != 0x3D && $0 != 0x5C }
        return isPlain ? value : "\"" + value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    /// The whole text, in one go where the descriptor takes it.
    static func write(_ text: String, to descriptor: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}

/// JSON text without a library.
enum JSONLine {
    static func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\r": out += "\\r"
            case "\t": out += "\\t"
            default:
                if scalar.value < 0x20 || scalar.value == 0x7F {
                    let digits = String(scalar.value, radix: 16)
                    out += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
                } else {
                    out.unicodeScalars.append(scalar)
                }
            }
        }
        return out + "\""
    }
}
