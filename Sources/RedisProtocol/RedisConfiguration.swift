package import NIOCore
package import Vocabulary

/// Where a Redis or Valkey is, and how we speak to it.
package struct RedisConfiguration: Sendable {
    package var host: String
    package var port: Int
    /// Nil: the server's default user.
    package var user: String?
    package var password: Secret<String>?
    /// The number of the database. Channels don't belong to one.
    package var database: Int
    package var tls: TransportSecurity
    /// A file of certificates in PEM; nil: those that the system trusts.
    package var authorities: String?
    /// How operators see it in CLIENT LIST; without spaces.
    package var name = "switchboard"
    /// Until the connection is made and greeted.
    package var connectTimeout = TimeAmount.seconds(3)
    /// Until a command is answered. A server that is slower counts as down.
    package var commandTimeout = TimeAmount.seconds(2)
    /// Commands on their way at once; what comes on top is refused.
    package var pending = 8_192

    package init(
        host: String, port: Int = 6_379, user: String? = nil, password: Secret<String>? = nil, database: Int = 0,
        tls: TransportSecurity = .off,
        authorities: String? = nil
    ) {
        self.host = host
        self.port = port
        self.user = user
        self.password = password
        self.database = database
        self.tls = tls
        self.authorities = authorities
    }
}
