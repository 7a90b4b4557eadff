import Bus
import NIOCore
import NIOPosix
import RedisBus
import RedisProtocol
import TestSupport
import Testing
import Vocabulary

@Suite("The bus on a real Redis", .timeLimit(.minutes(2)))
struct RedisBusTests {
    @Test("two houses on one server don't hear each other")
    func houses() async throws {
        let world = try await RedisWorld()
        let (north, south) = try await world.pair()
        let stranger = world.start(house: "harbour")
        try await stranger.untilUp()
        stranger.bus.ring(.nodesChanged)
        north.bus.ring(.pricesChanged)
        try await south.heard.wait { $0.hints.contains(.pricesChanged) }
        #expect(south.heard.value.hints == [.pricesChanged])
        #expect(stranger.heard.value.hints.isEmpty)
    }

    @Test("of ten thousand hints at once all come in order, or the other is told to look again")
    func manyHints() async throws {
        let world = try await RedisWorld()
        let (north, south) = try await world.pair()
        for number in 1...10_000 { north.bus.ring(Sample.moved(Int64(number))) }
        north.bus.ring(.nodesChanged)
        let heard = try await south.heard.wait(.seconds(30)) { $0.foreign.contains(.nodesChanged) || $0.foreign.last == .lookAgain }
        let state = north.bus.state
        #expect(state.sent >= 10_001)
        if state.dropped == 0 {
            #expect(heard.hints == (1...10_000).map { Sample.moved($0) } + [.nodesChanged])
        } else {
            let numbers = heard.hints.compactMap { if case .feedMoved(_, let number) = $0 { number } else { nil } }
            #expect(numbers == numbers.sorted() && Set(numbers).count == numbers.count)
        }
    }

    @Test("hints that find no room are counted, and the others look again afterwards")
    func dropped() async throws {
        let world = try await RedisWorld()
        let south = world.start()
        let north = world.start { $0.pending = 16 }
        try await south.untilUp()
        try await north.untilUp()
        try await south.heard.wait { _ in south.bus.state.isUp }
        let looks = south.heard.value.looks
        for number in 1...2_000 { north.bus.ring(Sample.moved(Int64(number))) }
        try await south.heard.wait { $0.looks > looks && !$0.hints.isEmpty }
        #expect(north.bus.state.dropped > 0)
    }

    @Test("what was rung before the link was there is made up for: the others look again")
    func rungTooEarly() async throws {
        let world = try await RedisWorld()
        let south = world.start()
        try await south.untilUp()
        let looks = south.heard.value.looks
        let north = RunningBus(world.configuration, pace: RedisWorld.pace) { $0.ring(.nodesChanged) }
        try await south.heard.wait { $0.looks > looks }
        #expect(north.bus.state.dropped == 1)
        #expect(south.heard.value.hints.isEmpty)
    }

    @Test("while the server is dead everybody looks again and again; when it is back hints go by it as before")
    func killedServer() async throws {
        let world = try await RedisWorld()
        let (north, south) = try await world.pair()
        world.server.kill()
        try await north.untilDown()
        try await south.untilDown()
        #expect(south.bus.state.lastError != nil)
        let looks = south.heard.value.looks
        try await south.heard.wait { $0.looks >= looks + 3 }
        north.bus.ring(.nodesChanged)
        try await world.server.start()
        try await north.untilUp()
        try await south.untilUp()
        north.bus.ring(.pricesChanged)
        try await south.heard.wait { $0.hints.contains(.pricesChanged) }
        #expect(south.heard.value.hints == [.pricesChanged])
        #expect(south.bus.state.reconnects == 1)
        // Nothing is missing: no further looking.
        let calm = south.heard.value.looks
        try await Task.sleep(for: .milliseconds(500))
        #expect(south.heard.value.looks <= calm + 1)
    }

    @Test("a server that stands still is noticed, and again when it goes on")
    func stalledServer() async throws {
        let world = try await RedisWorld()
        let north = world.start { $0.commandTimeout = .milliseconds(300) }
        try await north.untilUp()
        world.server.stall()
        try await north.untilDown()
        let looks = north.heard.value.looks
        try await north.heard.wait { $0.looks >= looks + 3 }
        world.server.resume()
        try await north.untilUp()
    }

    @Test("a killed subscription is made anew, and what was missed meanwhile is looked for")
    func killedSubscription() async throws {
        let world = try await RedisWorld()
        let (north, south) = try await world.pair()
        let looks = south.heard.value.looks
        let line = try await world.line()
        #expect(try await line.send(RedisCommand("CLIENT", "KILL", "TYPE", "pubsub")).number == 2)
        try await south.heard.wait { $0.looks >= looks + 2 && $0.isUp }
        try await north.heard.wait { $0.isUp && north.bus.state.reconnects >= 1 }
        north.bus.ring(.nodesChanged)
        try await south.heard.wait { $0.hints.contains(.nodesChanged) }
        #expect(south.bus.state.reconnects >= 1)
        #expect(try await line.send(RedisCommand("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")).number ?? 0 >= 2)
        try await south.heard.wait { $0.isUp && south.bus.state.reconnects >= 2 }
    }

    @Test("a wrong password is told in the state, without the password, and never counts as up")
    func wrongPassword() async throws {
        let world = try await RedisWorld(["--requirepass", "lantern-light"])
        let north = world.start { $0.password = Secret("wrong-secret") }
        try await north.heard.wait { $0.looks >= 3 }
        let state = north.bus.state
        #expect(!state.isUp)
        #expect(state.lastError?.contains("WRONGPASS") == true)
        #expect(state.lastError?.contains("wrong-secret") == false)
        let south = world.start { $0.password = Secret("lantern-light") }
        try await south.untilUp()
    }

    @Test("strangers on the channel are counted and not believed")
    func hostileMessages() async throws {
        let world = try await RedisWorld()
        let (north, south) = try await world.pair()
        let line = try await world.line()
        let channel = "switchboard:{lantern}:bells"
        let ignored = south.bus.state.ignored
        let id = InstanceID.make(at: Timestamp(milliseconds: 9))
        let messages = [
            "", "x", "\(id)", "\(id) ", "\(id) unheard-of", "\(id) feed-moved x 1", "beat", Samples.hostile,
            String(repeating: "\(id) x", count: 90_000),
        ]
        for message in messages { try await line.send(RedisCommand("PUBLISH", channel, message)) }
        north.bus.ring(.nodesChanged)
        try await south.heard.wait { $0.hints.contains(.nodesChanged) }
        #expect(south.heard.value.hints == [.nodesChanged])
        #expect(south.bus.state.ignored - ignored == messages.count)
        #expect(south.bus.state.isUp)
    }

    @Test("an instance that lives but isn't heard makes the others look again, until it is heard")
    func silentInstance() async throws {
        let world = try await RedisWorld()
        let north = world.start()
        try await north.untilUp()
        let instance = InstanceID.make(at: Timestamp(milliseconds: 9))
        north.bus.expect([instance])
        try await north.untilDown()
        try await north.heard.wait { _ in north.bus.state.silent == [instance] }
        let looks = north.heard.value.looks
        try await north.heard.wait { $0.looks >= looks + 3 }
        let line = try await world.line()
        let channel = "switchboard:{lantern}:bells"
        let beating = Task {
            while !Task.isCancelled {
                try await line.send(RedisCommand("PUBLISH", channel, "\(instance) beat"))
                try await Task.sleep(for: .milliseconds(100))
            }
        }
        try await north.untilUp()
        beating.cancel()
        _ = await beating.result
        // It says that it ends: nobody misses it, even while the database still names it.
        try await line.send(RedisCommand("PUBLISH", channel, "\(instance) farewell"))
        try await north.heard.wait { _ in !north.bus.state.silent.contains(instance) }
        north.bus.expect([instance])
        try await Task.sleep(for: .seconds(4.5))
        #expect(north.bus.state.silent.isEmpty)
    }

    @Test("a subscription through which nothing comes, not even our own, is not believed and made anew")
    func deafSubscription() async throws {
        try await RawNode.run { peer, _ in
            while !peer.ear.value.isEnded {
                let heard = try await peer.ear.wait(.seconds(60)) { $0.isEnded || $0.bytes.readableBytes > 0 }
                peer.ear.change { $0.bytes.moveReaderIndex(forwardBy: heard.bytes.readableBytes) }
                for word in heard.text.split(separator: "\r\n") {
                    switch word {
                    case "HELLO": try await peer.send("%0\r\n")
                    case "SUBSCRIBE": try await peer.send(">3\r\n+subscribe\r\n+bells\r\n:1\r\n")
                    case "PUBLISH": try await peer.send(":0\r\n")
                    default: break
                    }
                }
            }
        } _: { node in
            var pace = RedisWorld.pace
            pace.patience = .milliseconds(300)
            let north = RunningBus(RedisConfiguration(host: "127.0.0.1", port: node.port), pace: pace)
            // One for commands, and one subscription after another.
            try await node.accepted.wait { $0 >= 4 }
            try await north.heard.wait { $0.looks >= 3 }
            #expect(!north.bus.state.isUp && north.bus.state.lastError != nil)
            await north.stop()
        }
    }

    @Test("an instance that ends in good order says so")
    func farewell() async throws {
        let world = try await RedisWorld()
        let listener = Ear<[String]>([])
        let line = try await RedisConnection.connect(world.configuration, on: MultiThreadedEventLoopGroup.singleton) { push in
            listener.change { $0.append(push.last?.string ?? "") }
        }
        try await line.send(RedisCommand("SUBSCRIBE", "switchboard:{lantern}:bells"))
        let north = world.start()
        try await north.untilUp()
        await north.stop()
        try await listener.wait { $0.contains { $0.hasSuffix(" farewell") } }
    }
}
