/// How often, and how patiently, the bus looks after its links.
package struct RedisPace: Hashable, Sendable {
    /// Between two signs of life, and between two rounds of looking again while hints may get lost.
    package var beat = Duration.seconds(1)
    /// An instance that was not heard for so long may be telling us things that we miss.
    package var patience = Duration.seconds(4)
    /// One that was not heard for so long, and that nobody expects, is gone.
    package var memory = Duration.seconds(60)
    /// Before the first try to connect again; doubled for each further one.
    package var firstPause = Duration.milliseconds(100)
    package var longestPause = Duration.seconds(5)

    package init() {}
}

/// The pauses between tries to connect.
struct Backoff {
    private let pace: RedisPace
    private var failures = 0

    init(_ pace: RedisPace) {
        self.pace = pace
    }

    /// The link was made.
    mutating func succeeded() {
        failures = 0
    }

    /// Between a half and the whole of the doubled pause: instances that lost the same server don't come back in one wave.
    mutating func next() -> Duration {
        let pause = min(pace.firstPause * (1 << min(failures, 16)), pace.longestPause)
        failures += 1
        return pause * Double.random(in: 0.5...1)
    }
}
