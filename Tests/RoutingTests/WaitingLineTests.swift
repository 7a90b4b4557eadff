import Routing
import Testing
import TestSupport

@Suite("The line of those who wait for a node")
struct WaitingLineTests {
    private let now = Moment(nanoseconds: 1_000)

    private func join(_ line: inout WaitingLine<String>, _ name: String, model: String = "m", for seconds: Int = 10) -> WaitingTicket? {
        line.join(name, family: .anthropic, model: model, until: now + .seconds(seconds))
    }

    @Test("first come, first served")
    func order() {
        var line = WaitingLine<String>()
        for name in ["ada", "bo", "kim"] { #expect(join(&line, name) != nil) }
        #expect((0..<4).map { _ in line.call()?.waiter } == ["ada", "bo", "kim", nil])
    }

    @Test("it is bounded: who comes when it is full is told so at once")
    func bounded() {
        var line = WaitingLine<String>(capacity: 2)
        let first = join(&line, "ada")
        #expect(join(&line, "bo") != nil)
        #expect(join(&line, "kim") == nil)
        #expect(first.flatMap { line.leave($0) }?.waiter == "ada")
        #expect(join(&line, "kim") != nil)
        var closed = WaitingLine<String>(capacity: -1)
        #expect(join(&closed, "ada") == nil)
    }

    @Test("who is called and gets nothing keeps its place")
    func goesBack() throws {
        var line = WaitingLine<String>()
        let ada = try #require(join(&line, "ada"))
        _ = join(&line, "bo")
        #expect(line.call()?.waiter == "ada")
        line.goBack(ada)
        #expect(line.call()?.waiter == "ada")
        #expect(line.call()?.waiter == "bo")
        #expect(line.count == 2)
    }

    @Test("who leaves after it was called says so, so that the next one can be")
    func leavesCalled() throws {
        var line = WaitingLine<String>()
        let ada = try #require(join(&line, "ada"))
        _ = line.call()
        #expect(line.leave(ada)?.isCalled == true)
        #expect(line.leave(ada) == nil)
        #expect(line.isEmpty)
    }

    @Test("who waits for another model does not hold up the rest")
    func otherModel() {
        var line = WaitingLine<String>()
        _ = join(&line, "ada", model: "opus")
        _ = join(&line, "bo", model: "haiku")
        #expect(line.call { $0.model == "haiku" }?.waiter == "bo")
        #expect(line.call { $0.model == "haiku" } == nil)
        #expect(line.call()?.waiter == "ada")
    }

    @Test("whose time is over is told, called or not, and nobody else")
    func expires() {
        var line = WaitingLine<String>()
        _ = join(&line, "ada", for: 5)
        _ = join(&line, "bo", for: 20)
        _ = join(&line, "kim", for: 10)
        #expect(line.earliestDeadline == now + .seconds(5))
        #expect(line.expire(at: now + .milliseconds(4_999)).isEmpty)
        _ = line.call()
        #expect(line.expire(at: now + .seconds(10)).map(\.waiter) == ["ada", "kim"])
        #expect(line.call()?.waiter == "bo")
        #expect(line.earliestDeadline == now + .seconds(20))
    }

    @Test("a hundred wait for a pool of one place: all are served, in order, none twice")
    func withPool() {
        var world = PoolWorld([.named("north", maxConcurrency: 1)])
        var line = WaitingLine<Int>(capacity: 100)
        var running = world.begin()
        for number in 0..<100 { _ = line.join(number, family: .anthropic, model: "m", until: world.now + .seconds(10)) }
        var served: [Int] = []
        while let assignment = running {
            world.end(assignment, .completed)
            running = nil
            if let next = line.call() {
                running = world.begin()
                served.append(next.waiter)
                _ = line.leave(next.ticket)
            }
        }
        #expect(served == Array(0..<100))
        #expect(line.isEmpty && world.pool.attemptsInFlight == 0)
    }
}
