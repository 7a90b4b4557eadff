#if canImport(Glibc)
    import Glibc
#endif

extension TuningKey {
    /// All of them, in the order of the console's page.
    package static let all: [TuningKey] = requests + nodes + probes

    /// Nil when there is no setting of this name.
    package static func named(_ name: String) -> TuningKey? {
        all.first { $0.name == name }
    }

    private static let requests: [TuningKey] = [
        .number(
            "BODY_LIMIT", \.bodyLimit, in: 1...256, times: 1_024 * 1_024, unit: "MB", environment: ["GATEWAY_BODY_LIMIT"],
            "Largest body of a request that is taken in whole", "整体接收的请求体的最大大小"),
        .time(
            "CONNECT_TIME", \.connectTime, in: 1...60, environment: ["GATEWAY_CONNECT_TIME"], "How long connecting to a node may take",
            "连接节点的最长时间"),
        .time(
            "FIRST_BYTE_TIME", \.firstByteTime, in: 1...3_600, environment: ["GATEWAY_FIRST_BYTE_TIME"],
            "How long a node may take to the first byte of a stream", "流式响应首字节的最长等待时间"),
        .time(
            "NON_STREAM_TIME", \.nonStreamTime, in: 1...3_600, environment: ["GATEWAY_NON_STREAM_TIME"],
            "How long a node may take to the first byte of an answer that is no stream", "非流式响应首字节的最长等待时间"),
        .time(
            "SILENCE_TIME", \.silenceTime, in: 1...3_600, environment: ["GATEWAY_SILENCE_TIME"],
            "How long a running stream may be silent", "流式响应中途无数据的最长时间"),
        .number(
            "QUEUE", \.queueLength, in: 0...10_000, environment: ["GATEWAY_QUEUE"], "Requests of a workspace that may wait for a node",
            "每个工作区可排队等待节点的请求数"),
        .time(
            "QUEUE_TIME", \.queueTime, in: 0...300, environment: ["GATEWAY_QUEUE_TIME"], "How long a request waits for a node",
            "请求排队等待节点的最长时间"),
        .choice(
            "PASS_UNKNOWN", ["true", "false"], environment: ["GATEWAY_PASS_UNKNOWN"],
            "Whether requests to paths that the gateway does not know go to a node", "未知路径的请求是否转发到节点",
            apply: { $1.passesUnknown = $0 == "true" },
            write: { String($0.passesUnknown) }),
    ]

    private static let nodes: [TuningKey] = [
        .number(
            "RETRY_MAX", \.extraAttempts, in: 0...5, environment: ["GATEWAY_RETRY_MAX", "PROXY_RETRY_MAX"],
            "Attempts at other nodes after the first one failed", "首次失败后在其他节点上重试的次数"),
        .number(
            "FAIL_THRESHOLD", \.failThreshold, in: 1...100, environment: ["GATEWAY_FAIL_THRESHOLD", "PROXY_FAIL_THRESHOLD"],
            "Failures in a row after which a node cools down", "节点连续失败多少次后进入冷却"),
        .time(
            "HOLD_TIME", \.holdTime, in: 0...60, environment: ["GATEWAY_HOLD_TIME"],
            "How long the start of a stream is held back, so that an early failure goes unseen", "为隐藏早期失败而暂存流开头的最长时间"),
        .number(
            "HOLD_BYTES", \.holdBytes, in: 1_024...1_048_576, unit: "B", environment: ["GATEWAY_HOLD_BYTES"],
            "How much of the start of a stream is held back", "暂存流开头的最大字节数"),
    ]

    private static let probes: [TuningKey] = [
        .time(
            "HEALTH_INTERVAL_SEC", \.healthInterval, in: 5...3_600, environment: ["HEALTH_INTERVAL_SEC", "PROXY_HEALTH_INTERVAL_SEC"],
            "Time between probes of a node in trouble", "异常节点的探测间隔"),
        .time(
            "HEALTH_ALL_INTERVAL_MIN", \.healthAllInterval, in: 1...1_440, unit: "min", environment: ["HEALTH_ALL_INTERVAL_MIN"],
            "Time between probes of all nodes", "全部节点的探测间隔"),
        concurrency, budget, command,
        .choice(
            "HEALTH_METHOD", HealthMethod.allCases.map(\.rawValue), environment: ["HEALTH_METHOD", "PROXY_HEALTH_CHECK_MODE"],
            "How new nodes of the Anthropic family are probed", "Anthropic 系列新节点的默认探测方式",
            apply: { $1.healthMethod = HealthMethod(rawValue: $0) ?? .api }, write: { $0.healthMethod.rawValue }),
        .number(
            "HISTORY_DAYS", \.historyDays, in: 1...3_650, unit: "d", environment: ["HISTORY_DAYS"], "How long the history of nodes is kept",
            "节点历史的保留天数"),
    ]

    /// Larger numbers, which the predecessor's files hold, are brought down to what the machine bears: it died of parallel probes.
    private static let concurrency = TuningKey(
        name: "HEALTH_CHECK_CONCURRENCY", environment: ["HEALTH_CHECK_CONCURRENCY"], unit: "", accepted: "1–\(mostProbes)",
        english: "Probes at once; more than \(mostProbes) counts as \(mostProbes) on this machine",
        chinese: "同时进行的探测数；在本机上超过 \(mostProbes) 按 \(mostProbes) 计", isConsoles: true,
        apply: { text, tuning in
            guard let number = Int(text), (1...1_000).contains(number) else { return false }
            tuning.healthConcurrency = min(number, mostProbes)
            return true
        }, write: { String($0.healthConcurrency) })

    private static let mostProbes = min(4, 2 * max(1, sysconf(CInt(_SC_NPROCESSORS_ONLN))))

    private static let budget = TuningKey(
        name: "HEALTH_BUDGET_DAY", environment: ["HEALTH_BUDGET_DAY"], unit: "USD", accepted: "0–1000000",
        english:
            "What probes may cost in a UTC day; beyond it they are free ones", chinese: "每个 UTC 日探测可花费的金额；超出后改用免费探测",
        isConsoles: true,
        apply: { text, tuning in
            guard let nano = DollarText.parse(text) else { return false }
            tuning.healthBudget = nano
            return true
        }, write: { DollarText.write($0.healthBudget) })

    /// Threat: who takes over a console session must not get to run programs on the server. So only the environment says which.
    private static let command = TuningKey(
        name: "HEALTH_CLI_COMMAND", environment: ["HEALTH_CLI_COMMAND"], unit: "", accepted: "one line of 1–500 characters",
        english: "Program and arguments of the cli probe; set in the environment only", chinese: "cli 探测所运行的程序及参数；只能通过环境变量设置",
        isConsoles: false,
        apply: { text, tuning in
            guard (1...500).contains(text.utf8.count), text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return false }
            tuning.healthCommand = text
            return true
        }, write: { $0.healthCommand })
}
