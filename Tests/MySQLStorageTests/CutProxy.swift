#if MySQL
    import Synchronization

    #if canImport(Glibc)
        import Glibc
    #endif

    /// A line to a server that a test can cut: at once, or around the next COMMIT.
    final class CutProxy: Sendable {
        enum Cut: Sendable {
            /// The COMMIT never comes to the server.
            case beforeCommit
            /// The server has done it, its answer never comes back.
            case afterCommit
            /// The COMMIT reaches the server only when the client has long gone; the line says nothing meanwhile.
            case silence
        }

        let port: Int
        private let target: Int
        private let listener: CInt
        private let armed = Mutex<Cut?>(nil)
        private let open = Mutex<Set<CInt>>([])
        private let refuses = Mutex(false)

        init(to target: Int) throws {
            self.target = target
            let listener = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
            var address = Self.address(0)
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let bound = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    Glibc.bind(listener, $0, size) == 0 && getsockname(listener, $0, &size) == 0
                }
            }
            self.listener = listener
            port = Int(UInt16(bigEndian: address.sin_port))
            guard bound, listen(listener, 64) == 0 else { throw ProxyFailure() }
            Self.thread { [self] in accept() }
        }

        struct ProxyFailure: Error {}

        /// Cuts around the next COMMIT, once.
        func arm(_ cut: Cut) { armed.withLock { $0 = cut } }

        /// Whether the cut that was armed has happened.
        var hasCut: Bool { armed.withLock { $0 == nil } }

        /// Ends all connections.
        func cutAll() {
            for file in open.withLock({ $0 }) { shutdown(file, CInt(SHUT_RDWR)) }
        }

        /// Ends new connections at once, until told otherwise.
        func refuse(_ yes: Bool) { refuses.withLock { $0 = yes } }

        func close() {
            shutdown(listener, CInt(SHUT_RDWR))
            cutAll()
        }

        private func accept() {
            while true {
                let client = Glibc.accept(listener, nil, nil)
                guard client >= 0 else { return }
                guard !refuses.withLock({ $0 }), let server = connect() else {
                    Glibc.close(client)
                    continue
                }
                open.withLock { $0.formUnion([client, server]) }
                let line = Line(client: client, server: server)
                Self.thread { [self] in forward(line) }
                Self.thread { [self] in back(line) }
            }
        }

        private final class Line: Sendable {
            let client: CInt
            let server: CInt
            let dropsAnswer = Mutex(false)

            init(client: CInt, server: CInt) {
                self.client = client
                self.server = server
            }

            func end() {
                shutdown(client, CInt(SHUT_RDWR))
                shutdown(server, CInt(SHUT_RDWR))
            }
        }

        private func forward(_ line: Line) {
            while let bytes = Self.receive(line.client) {
                if let cut = isCommit(bytes) ? take() : nil {
                    switch cut {
                    case .beforeCommit:
                        line.end()
                        return
                    case .afterCommit: line.dropsAnswer.withLock { $0 = true }
                    case .silence:
                        _ = Self.receive(line.client)
                        Self.send(bytes, line.server)
                        usleep(200_000)
                        line.end()
                        return
                    }
                }
                Self.send(bytes, line.server)
            }
            line.end()
        }

        private func back(_ line: Line) {
            while let bytes = Self.receive(line.server) {
                if line.dropsAnswer.withLock({ $0 }) { break }
                Self.send(bytes, line.client)
            }
            line.end()
            open.withLock {
                _ = $0.remove(line.client); _ = $0.remove(line.server)
            }
        }

        private func take() -> Cut? {
            armed.withLock { armed in
                defer { armed = nil }
                return armed
            }
        }

        /// COM_QUERY with the word.
        private func isCommit(_ bytes: [UInt8]) -> Bool { bytes.dropFirst(4).elementsEqual([3] + "COMMIT".utf8) }

        private func connect() -> CInt? {
            let file = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
            var address = Self.address(target)
            let isThere = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    Glibc.connect(file, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                }
            }
            if isThere { return file }
            Glibc.close(file)
            return nil
        }

        private static func address(_ port: Int) -> sockaddr_in {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = UInt16(port).bigEndian
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            return address
        }

        private static func receive(_ file: CInt) -> [UInt8]? {
            var bytes = [UInt8](repeating: 0, count: 65_536)
            let count = recv(file, &bytes, bytes.count, 0)
            return count > 0 ? Array(bytes.prefix(count)) : nil
        }

        private static func send(_ bytes: [UInt8], _ file: CInt) {
            var start = 0
            while start < bytes.count {
                let count = bytes.withUnsafeBytes {
                    Glibc.send(file, $0.baseAddress.map { $0 + start }, bytes.count - start, CInt(MSG_NOSIGNAL))
                }
                guard count > 0 else { return }
                start += count
            }
        }

        private final class Work {
            let body: () -> Void

            init(_ body: @escaping () -> Void) { self.body = body }
        }

        private static func thread(_ body: @escaping @Sendable () -> Void) {
            var thread = pthread_t()
            pthread_create(
                &thread, nil,
                { argument in
                    guard let argument else { return nil }
                    Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
                    return nil
                }, Unmanaged.passRetained(Work(body)).toOpaque())
            pthread_detach(thread)
        }
    }
#endif
