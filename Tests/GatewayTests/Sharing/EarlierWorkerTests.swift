import Fleet
import Relay
import Routing
import Storage
import Synchronization
import TestSupport
import Testing
import Vocabulary

@testable import Gateway

/// What a worker that is gone has left of keys' limits, for the one that comes after it in the same data directory.
@Suite("What the worker before had of shared limits", .serialized)
struct EarlierWorkerTests {
    /// Of `Words.stream`: 10 tokens in at $3, 5 out at $15 a million.
    private static let cost: Int64 = 105_000

    @Test("Places of a killed worker are free as soon as the next one has the books")
    func places() async throws {
        let house = try await FleetHouse()
        let north = try await house.open(KeyChange(name: "ada's", concurrency: .set(2)))
        let south = try await house.open(beside: north)
        try await house.running([north, south]) {
            let (one, two) = (north.world.message(), north.world.message())
            await one.settle()
            await two.settle()
            try await eventually { try await house.held(.concurrency) == 2 }
            north.die()
            #expect(await admitted(south) == nil)
            let back = try await house.open(beside: south, in: north.directory)
            #expect(try await house.held(.concurrency) == 0)
            try await house.running([back]) {
                let first = try #require(await admitted(south))
                let second = try #require(await admitted(back))
                #expect(await admitted(south) == nil)
                for call in [first, second] { call.complete(stream: true) }
            }
            withExtendedLifetime((one, two)) {}
        }
    }

    @Test("A worker that still carries streams keeps their places, for longer than a minute, until it has ended")
    func handover() async throws {
        let house = try await FleetHouse()
        let north = try await house.open(KeyChange(name: "ada's", concurrency: .set(1)))
        let south = try await house.open(beside: north)
        try await house.running([north, south]) {
            let stream = north.world.message()
            await stream.settle()
            try await eventually { try await house.held(.concurrency) == 1 }
            // It lets the database go and carries on.
            north.die()
            let next = try await house.open(beside: south, in: north.directory, after: {})
            #expect(next.room.ledger.earlier == north.fleet.id)
            for _ in 0..<16 {
                try await house.pass(FleetRoom.beatPeriod, living: [south, next])
                try await next.room.earlier.vouch()
            }
            #expect(await admitted(south) == nil)
            stream.complete(stream: true)
            await next.room.bookElsewhere(clock: house.clock, logger: .silent)
            let free = try #require(await admitted(south))
            free.complete(stream: true)
        }
    }

    @Test(
        "Over two restarts its places are kept too, and all that is left is freed when the last one has ended, though the database fails first"
    )
    func chain() async throws {
        let house = try await FleetHouse()
        let north = try await house.open(KeyChange(name: "ada's", concurrency: .set(1)))
        let south = try await house.open(beside: north)
        try await house.running([north, south]) {
            let stream = north.world.message()
            await stream.settle()
            try await eventually { try await house.held(.concurrency) == 1 }
            north.die()
            let second = try await house.open(beside: south, in: north.directory, after: {})
            // As another process would leave it: this one does not read its own.
            try north.directory.write(
                Array("instance \(north.fleet.id)\n\(north.world.key.id) 1 0 0 0\n".utf8), to: "ledger/unbooked-1")
            second.die()
            let third = try await house.open(beside: south, in: north.directory, after: {})
            #expect(third.room.ledger.earlier == second.fleet.id)
            for _ in 0..<16 {
                try await house.pass(FleetRoom.beatPeriod, living: [south, third])
                try await third.room.earlier.vouch()
            }
            #expect(await admitted(south) == nil)
            stream.complete(stream: true)
            try await house.rename("gateway_share", to: "gateway_share_away")
            let room = third.room
            async let booking: Void = room.bookElsewhere(
                clock: house.clock, pauses: Array(repeating: .milliseconds(20), count: 3_000), logger: house.log.logger())
            try await eventually { house.log.lines.contains { $0.contains("can't be taken over yet") } }
            try await house.rename("gateway_share_away", to: "gateway_share")
            await booking
            #expect(try await house.held(.concurrency) == 0)
            let free = try #require(await admitted(south))
            free.complete(stream: true)
        }
    }

    @Test("What a killed worker spent and had not told is counted once its journal is booked", arguments: [true, false])
    func money(isMoved: Bool) async throws {
        let house = try await FleetHouse()
        let north = try await house.open(KeyChange(name: "ada's", budgetDay: .set(10_000_000), budgetMonth: .set(1_000_000_000)))
        let south = try await house.open(beside: north)
        try await house.running([north]) {
            let one = north.world.message()
            await one.settle()
            one.complete(stream: true)
            try await eventually { try await house.spent(.day) == Self.cost }
            if isMoved { try await north.room.mover.recover() }
            let two = north.world.message()
            await two.settle()
            north.die()
            two.complete(stream: true)
        }
        #expect(try await house.spent(.day) == Self.cost)
        let back = try await house.open(beside: south, in: north.directory)
        let booked = try await house.booked()
        #expect(booked == 2 * Self.cost)
        for limit in [SharedLimit.day, .month] {
            #expect(try await house.spent(limit) == booked, "\(limit)")
            #expect(try await house.held(limit) == 0)
        }
        // The next one's own spending adds to it, and nothing is counted twice by a further restart.
        try await house.running([back]) {
            let three = back.world.message()
            await three.settle()
            three.complete(stream: true)
            try await eventually { try await house.spent(.day) == 3 * Self.cost }
            try await back.room.mover.recover()
            back.die()
        }
        let last = try await house.open(beside: south, in: north.directory)
        #expect(try await house.spent(.day) == 3 * Self.cost)
        #expect(try await house.booked() == 3 * Self.cost)
        withExtendedLifetime(last) {}
    }

    @Test("A budget that is set at noon counts the morning once")
    func noon() async throws {
        let house = try await FleetHouse()
        let north = try await house.open(KeyChange(name: "ada's", concurrency: .set(5)))
        try await house.running([north]) {
            let one = north.world.message()
            await one.settle()
            one.complete(stream: true)
            try await north.room.mover.recover()
            var change = KeyChange()
            change.budgetDay = .set(10_000_000)
            _ = try await north.room.keys.change(north.world.key.id, change, by: north.world.author)
            let two = north.world.message()
            await two.settle()
            two.complete(stream: true)
            try await eventually { try await house.spent(.day) == 2 * Self.cost }
        }
    }

    private func admitted(_ instance: FleetHouse.Instance) async -> Call? {
        let call = instance.world.message()
        await call.settle()
        return call.isTrying ? call : nil
    }
}

extension FleetHouse.Instance {
    /// From now on it tells the others nothing, as after a kill.
    func die() {
        room.control.state.withLock { $0.sharing = nil }
    }
}
