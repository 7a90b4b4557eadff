#if MySQL
    import Foundation
    import MySQLStorage
    import Storage
    import Testing
    import TestSupport
    import Vocabulary

    @Suite("The encrypted way to the server")
    struct EncryptionTests {
        @Test("it is encrypted where that is asked for, and verified by the authority and the host's name")
        func encryption() async throws {
            let directory = try TemporaryDirectory()
            try Self.certificate("ours", "/CN=127.0.0.1", "IP:127.0.0.1", in: directory.path)
            try Self.certificate("other", "/CN=elsewhere", "DNS:elsewhere", in: directory.path)
            let server = try MariaDBServer(["--ssl-cert=\(directory.path)/ours.pem", "--ssl-key=\(directory.path)/ours.key"])
            var configuration = TestRoom.configuration(server, try server.makeDatabase())
            #expect(try await cipher(configuration) == "")
            configuration.tls = .required
            #expect(try await !cipher(configuration).isEmpty)
            configuration.tls = .verify
            configuration.authorities = "\(directory.path)/ours.pem"
            #expect(try await !cipher(configuration).isEmpty)
            for authorities in ["\(directory.path)/other.pem", nil, "\(directory.path)/nothing.pem"] {
                configuration.authorities = authorities
                let error = await #expect(throws: StorageError.self) { try await cipher(configuration) }
                #expect(error?.code == "storage.unreachable")
            }
            server.stop()
        }

        @Test("a server without encryption is not spoken to where encryption is asked for")
        func plainServer() async throws {
            let server = try MariaDBServer.shared()
            var configuration = TestRoom.configuration(server, try server.makeDatabase())
            configuration.tls = .required
            let error = await #expect(throws: StorageError.self) { try await cipher(configuration) }
            #expect(error?.code == "storage.unreachable")
        }

        private func cipher(_ configuration: MySQLConfiguration) async throws -> String {
            let database = try await MySQLDatabase.open(configuration, logger: .silent)
            let cipher = try await database.read { try $0.row("SHOW STATUS LIKE 'Ssl_cipher'")?.get(1, as: String.self) ?? "" }
            try await database.close()
            return cipher
        }

        private static func certificate(_ name: String, _ subject: String, _ alternative: String, in folder: String) throws {
            try Shell.run(
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", subject,
                "-addext", "subjectAltName=\(alternative)", "-keyout", "\(folder)/\(name).key", "-out", "\(folder)/\(name).pem")
        }
    }
#endif
