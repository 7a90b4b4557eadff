import NIOCore
import NIOPosix
import RedisProtocol
import TestSupport
import Testing
import Vocabulary

@Suite("A connection to a real server", .timeLimit(.minutes(2)))
struct RedisConnectionTests {
    private let group = MultiThreadedEventLoopGroup.singleton

    private func configuration(_ server: RedisServer, change: (inout RedisConfiguration) -> Void = { _ in }) -> RedisConfiguration {
        var configuration = RedisConfiguration(host: "127.0.0.1", port: server.port)
        configuration.commandTimeout = .seconds(10)
        change(&configuration)
        return configuration
    }

    private func failure(_ configuration: RedisConfiguration) async -> RedisError? {
        do throws(RedisError) {
            let connection = try await RedisConnection.connect(configuration, on: group)
            await connection.close()
            return nil
        } catch {
            return error
        }
    }

    @Test("it is greeted in the third revision, and a thousand commands on their way are answered in order")
    func pipelining() async throws {
        let server = try await RedisServer()
        let connection = try await RedisConnection.connect(configuration(server), on: group)
        #expect(connection.server.revision == 3)
        #expect(["redis", "valkey"].contains(connection.server.server))
        let answers = try await connection.send((1...1_000).map { RedisCommand("ECHO", "客 \($0)\r\n") })
        #expect(answers.map(\.string) == (1...1_000).map { "客 \($0)\r\n" })
        await connection.close()
        await #expect(throws: RedisError.closed) { try await connection.send(RedisCommand("PING")) }
    }

    @Test("many tasks share it without mixing up their answers")
    func manyTasks() async throws {
        let server = try await RedisServer()
        let connection = try await RedisConnection.connect(configuration(server), on: group)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for task in 0..<32 {
                tasks.addTask {
                    for round in 0..<50 {
                        let answer = try await connection.send(RedisCommand("ECHO", "\(task)/\(round)"))
                        #expect(answer.string == "\(task)/\(round)")
                    }
                }
            }
            try await tasks.waitForAll()
        }
        await connection.close()
    }

    @Test("a graceful end answers what is on its way")
    func gracefulEnd() async throws {
        let server = try await RedisServer()
        let connection = try await RedisConnection.connect(configuration(server), on: group)
        let futures = (0..<100).map { connection.enqueue(RedisCommand("ECHO", "\($0)")) }
        await connection.close()
        for (number, future) in futures.enumerated() { #expect(try await future.get().string == "\(number)") }
    }

    @Test("a password, and a user of the server's list, are presented; a wrong one is told as such and not printed")
    func authentication() async throws {
        let server = try await RedisServer(["--requirepass", "lantern light", "--user", "ada", "on", ">dusk", "~*", "&*", "+@all"])
        #expect(await failure(configuration(server) { $0.password = Secret("lantern light") }) == nil)
        #expect(
            await failure(
                configuration(server) {
                    $0.user = "ada"
                    $0.password = Secret("dusk")
                }) == nil)
        for password in [nil, Secret("wrong-secret")] {
            guard case .authentication(let words)? = await failure(configuration(server) { $0.password = password }) else {
                Issue.record("let in, or refused otherwise")
                continue
            }
            #expect(!words.contains("wrong-secret"))
        }
    }

    @Test("the database that was asked for is used, and one that isn't there is refused")
    func databases() async throws {
        let server = try await RedisServer()
        let third = try await RedisConnection.connect(configuration(server) { $0.database = 3 }, on: group)
        let none = try await RedisConnection.connect(configuration(server), on: group)
        try await third.send(RedisCommand("SET", "lamp", "on"))
        #expect(try await third.send(RedisCommand("GET", "lamp")).string == "on")
        #expect(try await none.send(RedisCommand("GET", "lamp")) == .null)
        guard case .refused? = await failure(configuration(server) { $0.database = 99 }) else {
            Issue.record("database 99 was not refused")
            return
        }
        await third.close()
        await none.close()
    }

    @Test("a server that stops answering is given up in time, and everything that waits with it")
    func stalledServer() async throws {
        let server = try await RedisServer()
        let connection = try await RedisConnection.connect(configuration(server) { $0.commandTimeout = .milliseconds(200) }, on: group)
        server.stall()
        let begin = ContinuousClock.now
        let futures = (0..<10).map { _ in connection.enqueue(RedisCommand("PING")) }
        for future in futures { await #expect(throws: RedisError.timedOut) { try await RedisConnection.answer(to: future) } }
        #expect(ContinuousClock.now - begin < .seconds(20))
        await #expect(throws: RedisError.timedOut) { try await connection.send(RedisCommand("PING")) }
        #expect(await connection.ended() == .timedOut)
        var slow = configuration(server)
        slow.connectTimeout = .milliseconds(200)
        #expect(await failure(slow) != nil)
        server.resume()
        #expect(await failure(configuration(server)) == nil)
    }

    @Test("what is more than may wait is refused, and not sent")
    func bounded() async throws {
        let server = try await RedisServer()
        let connection = try await RedisConnection.connect(configuration(server) { $0.pending = 8 }, on: group)
        server.stall()
        let futures = (0..<10).map { _ in connection.enqueue(RedisCommand("INCR", "lamps")) }
        for future in futures.dropFirst(8) { await #expect(throws: RedisError.busy) { try await RedisConnection.answer(to: future) } }
        server.resume()
        for future in futures.prefix(8) { _ = try await future.get() }
        #expect(try await connection.send(RedisCommand("GET", "lamps")).number == 8)
        await connection.close()
    }

    @Test("a killed server fails what is on its way, and can't be reached until it is back")
    func killedServer() async throws {
        let server = try await RedisServer()
        let connection = try await RedisConnection.connect(configuration(server), on: group)
        server.stall()
        let future = connection.enqueue(RedisCommand("PING"))
        server.kill()
        await #expect(throws: RedisError.self) { try await RedisConnection.answer(to: future) }
        guard case .unreachable? = await failure(configuration(server)) else {
            Issue.record("a dead server was reached")
            return
        }
        try await server.start()
        #expect(await failure(configuration(server)) == nil)
    }

    @Test("with TLS the certificate decides: who signed it, and for whom", arguments: [true, false])
    func encryption(isForHost: Bool) async throws {
        let directory = try TemporaryDirectory()
        try RedisServer.makeCertificate(for: isForHost ? "DNS:localhost,IP:127.0.0.1" : "DNS:lantern.example", in: directory)
        let server = try await RedisServer(isSecure: true, directory: directory)
        let authorities = directory.path + "/certificate.pem"
        func attempt(_ host: String, _ tls: TransportSecurity, _ authorities: String?) async -> String {
            let error = await failure(
                configuration(server) {
                    $0.host = host
                    $0.tls = tls
                    $0.authorities = authorities
                })
            if case .tls? = error { return "no TLS" }
            return error.map { "\($0)" } ?? "well"
        }
        #expect(await attempt("127.0.0.1", .verify, authorities) == (isForHost ? "well" : "no TLS"))
        #expect(await attempt("localhost", .verify, authorities) == (isForHost ? "well" : "no TLS"))
        #expect(await attempt("127.0.0.1", .required, nil) == "well")
        #expect(await attempt("127.0.0.1", .verify, nil) == "no TLS")
        #expect(await attempt("127.0.0.1", .verify, "/nowhere") == "no TLS")
        #expect(await attempt("127.0.0.1", .off, nil) != "well")
    }
}
