/// What the supervisor has to know of the settings: a child of the same program resolves them and writes this, a line each.
package struct WorkerPlan: Hashable, Sendable {
    /// Absolute.
    package var dataDirectory: String
    package var ports: [PortPlan] = []
    /// Milliseconds that connections get to end.
    package var drain: Int64 = 10_000
    /// Where evidence of unasked ends goes; absolute.
    package var crashes: String
    /// Whether log records are lines of JSON.
    package var isLogJSON = false

    /// The most that is read of a plan, in bytes.
    package static let limit = 16_384

    /// Nil for what is no whole plan: the child died while it wrote.
    package init?(_ text: String) {
        var data: String?
        var crashes: String?
        var isWhole = false
        (dataDirectory, self.crashes) = ("", "")
        for line in text.split(separator: "\n") {
            let key = line.prefix { $0 != " " }
            let value = String(line.dropFirst(key.count + 1))
            switch key {
            case "data": data = value
            case "crashes": crashes = value
            case "drain": drain = Int64(value).map { max(0, min($0, 3_600_000)) } ?? drain
            case "log": isLogJSON = value == "json"
            case "listen":
                guard ports.count < 8, let port = PortPlan(value) else { return nil }
                ports.append(port)
            case "end": isWhole = true
            default: continue
            }
        }
        guard isWhole, let data, data.hasPrefix("/") else { return nil }
        dataDirectory = data
        self.crashes = crashes.flatMap { $0.hasPrefix("/") ? $0 : nil } ?? data + "/crashes"
    }

    package init(dataDirectory: String, ports: [PortPlan], drain: Int64, isLogJSON: Bool) {
        self.dataDirectory = dataDirectory
        self.ports = ports
        self.drain = drain
        self.isLogJSON = isLogJSON
        crashes = dataDirectory + "/crashes"
    }

    /// As the child writes it.
    package var text: String {
        let listens = ports.map { "listen \($0.text)" }
        let lines =
            ["data \(dataDirectory)"] + listens + ["drain \(drain)", "crashes \(crashes)", "log \(isLogJSON ? "json" : "text")", "end"]
        return lines.joined(separator: "\n") + "\n"
    }
}

/// One port to listen on: `https 127.0.0.1 8443`.
package struct PortPlan: Hashable, Sendable {
    package var isSecure: Bool
    /// A numeric address of IPv4 or IPv6.
    package var address: String
    /// 0: any free one.
    package var port: UInt16

    package init(isSecure: Bool, address: String, port: UInt16) {
        self.isSecure = isSecure
        self.address = address
        self.port = port
    }

    package init?(_ text: String) {
        let words = text.split(separator: " ").map(String.init)
        guard words.count == 3, words[0] == "http" || words[0] == "https", let port = UInt16(words[2]) else { return nil }
        self.init(isSecure: words[0] == "https", address: words[1], port: port)
    }

    package var text: String { "\(isSecure ? "https" : "http") \(address) \(port)" }

    /// As in an address bar.
    package var url: String {
        "\(isSecure ? "https" : "http")://\(address.contains(":") ? "[\(address)]" : address):\(port)"
    }
}
