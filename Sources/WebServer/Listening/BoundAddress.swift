/// Where a server listens.
package struct BoundAddress: Sendable, Equatable {
    package let isSecure: Bool
    /// The IP address.
    package let host: String
    package let port: Int

    /// Like `http://127.0.0.1:8080`.
    package var url: String {
        "\(isSecure ? "https" : "http")://\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }
}
