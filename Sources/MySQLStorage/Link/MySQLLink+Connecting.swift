#if MySQL
    import CMariaDB
    import Synchronization
    import Vocabulary

    extension MySQLLink {
        static func connect(_ configuration: MySQLConfiguration, _ purpose: MySQLPurpose) throws -> UnsafeMutablePointer<MYSQL> {
            guard let handle = mysql_init(nil) else { throw MySQLFault(code: 2008, state: "HY001", message: "out of memory") }
            setOptions(handle, configuration)
            // A table is changed in hours: `StatementWatch` sees whether anybody is still at it.
            if purpose != .migrating { set(handle, MYSQL_OPT_READ_TIMEOUT, configuration.ioTimeout) }
            let made = mysql_real_connect(
                handle, configuration.host, configuration.user, configuration.password.reveal(), configuration.database,
                UInt32(clamping: configuration.port), nil, UInt(CLIENT_FOUND_ROWS))
            guard made != nil else {
                defer { mysql_close(handle) }
                throw MySQLFault(
                    code: mysql_errno(handle), state: String(cString: mysql_sqlstate(handle)), message: String(cString: mysql_error(handle))
                )
            }
            // The library asks for encryption and goes on without when the server has none.
            guard configuration.tls == .off || mysql_get_ssl_cipher(handle) != nil else {
                mysql_close(handle)
                throw MySQLFault(
                    code: 3159, state: "08004", message: "the server offers no encryption, which tls=\(configuration.tls.rawValue) asks for"
                )
            }
            return handle
        }

        /// How we may prove who we are: a server could ask for the password in the clear.
        private static let proofs = "mysql_native_password,client_ed25519,caching_sha2_password,sha256_password"

        private static func setOptions(_ handle: UnsafeMutablePointer<MYSQL>, _ configuration: MySQLConfiguration) {
            set(handle, MYSQL_OPT_CONNECT_TIMEOUT, configuration.connectTimeout)
            set(handle, MYSQL_OPT_WRITE_TIMEOUT, configuration.ioTimeout)
            // "localhost" would mean a socket file.
            set(handle, MYSQL_OPT_PROTOCOL, MYSQL_PROTOCOL_TCP.rawValue)
            // A server could ask for any file of ours.
            set(handle, MYSQL_OPT_LOCAL_INFILE, UInt32(0))
            set(handle, MYSQL_OPT_RECONNECT, my_bool(0))
            mysql_options(handle, MARIADB_OPT_RESTRICTED_AUTH, proofs)
            mysql_options(handle, MYSQL_SET_CHARSET_NAME, "utf8mb4")
            set(handle, MYSQL_OPT_SSL_ENFORCE, my_bool(configuration.tls == .off ? 0 : 1))
            set(handle, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, my_bool(configuration.tls == .verify ? 1 : 0))
            if configuration.tls != .off, let authorities = configuration.authorities {
                mysql_options(handle, MYSQL_OPT_SSL_CA, authorities)
            }
        }

        private static func set<Value>(_ handle: UnsafeMutablePointer<MYSQL>, _ option: mysql_option, _ value: Value) {
            withUnsafePointer(to: value) { _ = mysql_options(handle, option, $0) }
        }

        private static func set(_ handle: UnsafeMutablePointer<MYSQL>, _ option: mysql_option, _ time: Duration) {
            set(handle, option, UInt32(clamping: max(1, time.components.seconds)))
        }
    }

    /// The client library as a whole.
    enum MySQLLibrary {
        private static let begun = Mutex(false)

        /// Before the first connection, once.
        static func begin() {
            begun.withLock { begun in
                guard !begun else { return }
                _ = mysql_server_init(0, nil, nil)
                begun = true
            }
        }
    }
#endif
