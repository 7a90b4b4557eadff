extension Why {
    /// What to do, the first thing first. Never empty.
    package var remedies: [String] {
        var steps: [String] = []
        if let held = certificate.held, !held.isEmpty {
            let numbers = held.map(\.incident).joined(separator: ", ")
            steps.append(
                say(
                    "The input that was in flight in this death and an earlier one is held back: its senders get 503 with incident \(numbers). `switchboard resume` lets it in again.",
                    "在本次与此前的崩溃中都在处理的输入已被拦下：其发送者会收到 503 与事件编号 \(numbers)。`switchboard resume` 可放行。"))
        } else if !certificate.poison.isEmpty {
            steps.append(
                say(
                    "An input was in flight in this death and an earlier one (\(certificate.poison.joined(separator: ", "))): it is held back when it comes again; `switchboard resume` lets it in.",
                    "某个输入在本次与此前的崩溃中都在处理（\(certificate.poison.joined(separator: ", "))）：再次出现时会被拦下；`switchboard resume` 可放行。"))
        }
        if let parts = certificate.partsOff?.joined(separator: ", "), !parts.isEmpty {
            steps.append(
                say(
                    "Safe mode: what was at work in death after death is switched off (\(parts)), and the server goes on without it; `switchboard resume` switches it on again.",
                    "安全模式：多次崩溃时都在运行的部分已停用（\(parts)），服务在缺少该部分的情况下继续运行；`switchboard resume` 可重新启用。"))
        }
        if let release = certificate.release { steps.append(wentBack(release)) }
        steps += byCause
        if certificate.missing.contains(.backtraceTool) {
            steps.append(
                say(
                    "Put `swift-backtrace` beside the program, so that the next one names function and line (`switchboard doctor` checks it).",
                    "请把 `swift-backtrace` 放在程序旁，以便下次给出函数与行号（`switchboard doctor` 会检查）。"))
        }
        return steps
    }

    private func wentBack(_ release: CertificateRelease) -> String {
        say(
            "The new release (\(release.left)) ended again and again: the one before it (\(release.serving)) serves again. `switchboard restart` tries the new one once more; `current/install --back` makes the one before the current one.",
            "新版本（\(release.left)）反复崩溃：已由之前的版本（\(release.serving)）继续服务。`switchboard restart` 会再次尝试新版本；`current/install --back` 可将之前的版本设为当前版本。"
        )
    }

    private var byCause: [String] {
        switch certificate.cause {
        case .trap, .abort, .stackOverflow, .badMemory, .arithmetic:
            [
                say(
                    "This is a mistake of ours, not of yours: the server is back by itself and nothing that was acknowledged is lost. Please report it with `switchboard bundle`.",
                    "这是我们的缺陷，与您无关：服务已自动恢复，已确认的内容不会丢失。请用 `switchboard bundle` 反馈。")
            ]
        case .busError, .resourceLimit, .forbiddenCall, .signalled: bySignal
        case .outOfMemory:
            [
                say(
                    "Give it more memory (MemoryMax, `docker run --memory`), or look in the counters for what grew: connections, requests in flight.",
                    "提高内存上限（MemoryMax、`docker run --memory`），或在计数中查看哪项增长：连接数、处理中的请求。")
            ]
        case .killed:
            [
                say(
                    "Look for who kills: `journalctl -k`, `docker events`, a watchdog, a deploy script. The audit rule that would name it: `auditctl -a always,exit -S kill -F a1=9`.",
                    "查找执行者：`journalctl -k`、`docker events`、看门狗、部署脚本。可记录发送者的审计规则：`auditctl -a always,exit -S kill -F a1=9`。")
            ]
        case .foreignStop:
            [
                say(
                    "If nobody meant it, look at that process and at timers and old deploy scripts; to stop on purpose use `switchboard stop` or signal the supervisor.",
                    "若非有意，请检查该进程、定时任务与旧部署脚本；有意停止时请用 `switchboard stop`，或向监督进程发送信号。")
            ]
        case .hang:
            [
                say(
                    "Its threads say what it waited for: a slow disk, a lock, a name server. Please report it with `switchboard bundle`.",
                    "线程列表显示它在等待什么：慢磁盘、锁或域名服务。请用 `switchboard bundle` 反馈。")
            ]
        case .hangAtStart: [atStart]
        case .refusedStart, .exited: byCode
        case .powerCut:
            [
                say(
                    "Nothing that was acknowledged is lost. `switchboard doctor` checks the database.",
                    "已确认的内容不会丢失。可用 `switchboard doctor` 检查数据库。")
            ]
        case .vanished:
            [
                say(
                    "Look at what ends whole groups of processes: `systemctl kill`, a container that was removed, the out-of-memory killer (`dmesg`).",
                    "检查会结束整组进程的操作：`systemctl kill`、容器被删除、内存耗尽（`dmesg`）。")
            ]
        case .orphaned:
            [
                say(
                    "Look for who kills: `journalctl -k`, `docker events`, a watchdog, a deploy script. To stop it use `switchboard stop` or SIGTERM to the supervisor.",
                    "查找执行者：`journalctl -k`、`docker events`、看门狗、部署脚本。停止服务请用 `switchboard stop`，或向监督进程发送 SIGTERM。")
            ]
        case .asked: [say("Nothing to do.", "无需处理。")]
        case .unknown:
            [
                say(
                    "Run `switchboard doctor`; free space and permissions of the data directory come first.",
                    "请运行 `switchboard doctor`；先检查数据目录的剩余空间与权限。")
            ]
        }
    }

    private var atStart: String {
        switch certificate.stage?.number {
        case 4: say("Look at the disk under DATA_DIR, and at who holds the database.", "检查 DATA_DIR 所在磁盘，以及谁占用了数据库。")
        case 5:
            say("`switchboard migrate status` says how far it came; it goes on from there.", "`switchboard migrate status` 显示进度；会从该处继续。")
        default: say("Run `switchboard doctor`.", "请运行 `switchboard doctor`。")
        }
    }

    private var bySignal: [String] {
        [certificate.signal.flatMap { ExitTable.meaning(ofSignal: $0) }?.remedy.text(in: language)].compactMap { $0 }.map(capitalised)
    }

    private var byCode: [String] {
        [certificate.exitCode.flatMap { ExitTable.meaning(ofCode: $0) }?.remedy.text(in: language)].compactMap { $0 }.map(capitalised)
    }

    private func capitalised(_ words: String) -> String {
        let stop = say(".", "。")
        return words.prefix(1).uppercased() + words.dropFirst() + (words.hasSuffix(stop) ? "" : stop)
    }
}
