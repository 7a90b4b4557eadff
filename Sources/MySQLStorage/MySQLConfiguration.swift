#if MySQL
    package import Vocabulary

    /// Where the shared database is and how it is reached.
    package struct MySQLConfiguration: Sendable, CustomStringConvertible {
        package var host: String
        package var port: Int
        package var user: String
        package var password: Secret<String>
        package var database: String
        package var tls: TransportSecurity
        /// The path of a PEM file with the authorities that are believed; nil: the system's.
        package var authorities: String?
        package var connectTimeout = Duration.seconds(5)
        /// For one answer of the server; in whole seconds.
        package var ioTimeout = Duration.seconds(30)
        /// How long a write may wait for another instance's before it counts as stuck; in whole seconds.
        package var lockTimeout = Duration.seconds(10)
        /// How long a read or a write goes on trying while the server can't be reached.
        package var patience = Duration.seconds(15)
        /// Connections for reading; one more is for writing.
        package var readers = 4

        package init(
            host: String, port: Int = 3306, user: String, password: Secret<String>, database: String, tls: TransportSecurity = .required,
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

        /// `host:port`.
        package var server: String { "\(host.contains(":") ? "[\(host)]" : host):\(port)" }

        /// Without the password.
        package var description: String { "mysql://\(user)@\(server)/\(database)" }
    }
#endif
