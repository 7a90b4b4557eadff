import Glibc
import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import WebServer

/// A server that makes sure of itself through its own port.
@Suite("Proof of readiness")
struct RoundTripLiveTests {
    @Test("a server that answers is ready as soon as its own request came back, and not before", arguments: [false, true])
    func proves(isSecure: Bool) async throws {
        let folder = try TemporaryDirectory()
        try await LiveServer.run(
            tls: isSecure ? .selfSigned(directory: folder.path) : .disabled, configure: { $0.provesItself = true }
        ) { live in
            let listening = ContinuousClock.now
            try await live.server.ready()
            #expect(live.server.readiness.stage == .ready)
            // Far more than it takes, far less than its patience: other tests run beside this one.
            #expect(ContinuousClock.now - listening < .seconds(15))
        }
    }

    @Test("who asks meanwhile waits for it instead of being turned away")
    func waits() async throws {
        let readiness = Readiness()
        async let stage = readiness.settled(within: .seconds(10))
        try await Task.sleep(for: .milliseconds(20))
        readiness.become(.ready)
        #expect(await stage == .ready)
        #expect(await Readiness().settled(within: .milliseconds(20)) == .starting)
    }

    @Test("a listener that accepts and does not answer proves nothing")
    func mute() async throws {
        // The kernel accepts for it: nobody ever reads.
        let silent = try await ServerBootstrap(group: LiveServer.group)
            .childChannelOption(.autoRead, value: false)
            .bind(host: "127.0.0.1", port: 0).get()
        let trip = RoundTrip(address: try #require(silent.localAddress), isSecure: false, sign: "x")
        let began = ContinuousClock.now
        let problem = await trip.prove(within: .milliseconds(400))
        #expect(problem == "the connection was taken and nothing came")
        #expect((Duration.milliseconds(350)..<Duration.seconds(20)).contains(ContinuousClock.now - began))
        let secure = RoundTrip(address: try #require(silent.localAddress), isSecure: true, sign: "x")
        #expect(await secure.prove(within: .milliseconds(300)) != nil)
        try await silent.close()
        #expect(await trip.prove(within: .milliseconds(100)) != nil)
    }

    @Test("an answer by somebody else on the same port does not count: the sign is this server's own")
    func stranger() async throws {
        try await LiveServer.run { live in
            let address = try SocketAddress(ipAddress: "127.0.0.1", port: live.port)
            let foreign = await RoundTrip(address: address, isSecure: false, sign: "x").prove(within: .milliseconds(200))
            #expect(foreign == "somebody else answered: HTTP/1.1 200 OK")
            let own = RoundTrip(address: address, isSecure: false, sign: live.server.readiness.sign)
            #expect(await own.prove(within: .seconds(5)) == nil)
            #expect(await RoundTrip(address: address, isSecure: true, sign: "x").prove(within: .milliseconds(200)) != nil)
        }
    }

    @Test("two servers have two signs")
    func signs() {
        #expect(Readiness().sign != Readiness().sign && Readiness().sign.utf8.count > 16)
    }

    @Test("who listens everywhere is asked at the machine's own address", arguments: ["0.0.0.0", "::"])
    func everywhere(host: String) async throws {
        try await LiveServer.run(configure: {
            $0.address = host
            $0.allowPlainHTTP = true
            $0.provesItself = true
        }) { live in
            try await live.server.ready()
        }
    }
}
