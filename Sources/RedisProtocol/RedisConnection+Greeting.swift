import NIOCore
import Vocabulary

extension RedisConnection {
    /// RESP3 by HELLO; where the server doesn't know it, AUTH and RESP2.
    func greet(_ configuration: RedisConfiguration) async throws(RedisError) -> Greeting {
        var greeting = Greeting()
        do throws(RedisError) {
            let said = try await Self.answer(to: enqueue(Self.hello(configuration), within: configuration.connectTimeout))
            greeting.revision = 3
            greeting.server = String((said["server"]?.string ?? "").prefix(40))
            greeting.version = String((said["version"]?.string ?? "").prefix(40))
        } catch .refused {
            if let password = configuration.password?.reveal() {
                try await send(RedisCommand(words: ["AUTH"] + [configuration.user, password].compactMap { $0 }))
            }
            // Whether it lets us in is asked here, and not by the first command that matters.
            try await send(RedisCommand("PING"))
        }
        if configuration.database != 0 { try await send(RedisCommand("SELECT", "\(configuration.database)")) }
        return greeting
    }

    private static func hello(_ configuration: RedisConfiguration) -> RedisCommand {
        var words = ["HELLO", "3"]
        if let password = configuration.password?.reveal() { words += ["AUTH", configuration.user ?? "default", password] }
        return RedisCommand(words: words + ["SETNAME", configuration.name])
    }
}
