// Numbers as on Linux for x86-64 and arm64 (signal(7)).
extension ExitTable {
    private static func signal(_ number: Int, _ name: String, _ meaning: Wording, _ remedy: Wording) -> ExitMeaning {
        ExitMeaning(.signal, number, name, meaning, remedy)
    }

    private static let bug = Wording(
        "`switchboard why` names function and line; report it with `switchboard bundle`",
        "`switchboard why` 会指出函数与行号；请用 `switchboard bundle` 反馈")
    private static let sender = Wording(
        "find its sender: `switchboard why` names it where it could be seen", "找出发送者：能查到时 `switchboard why` 会给出")

    /// Those that a server meets.
    static let deadlySignals: [ExitMeaning] = [
        signal(
            1, "SIGHUP", Wording("the terminal or session closed, or a reload was asked for", "终端或会话已关闭，或有人请求重新加载"),
            Wording("run it under systemd or in a container, not in a terminal", "请在 systemd 或容器中运行，而不是终端")),
        signal(
            2, "SIGINT", Wording("Ctrl-C, or somebody sent the same: a stop was asked for", "按下 Ctrl-C 或收到同样的信号：被要求停止"),
            Wording("start it again if that was not meant", "若非有意，请重新启动")),
        signal(
            3, "SIGQUIT", Wording("Ctrl-\\: a stop with a memory image was asked for", "按下 Ctrl-\\：被要求停止并转储内存"),
            Wording("start it again if that was not meant", "若非有意，请重新启动")),
        signal(
            4, "SIGILL",
            Wording(
                "an illegal instruction: how Swift stops at a mistake (index out of range, overflow, a broken promise); rarely a program for another processor",
                "非法指令：Swift 遇到错误（下标越界、溢出、断言失败）时的停止方式；偶尔因程序与处理器不符"),
            bug),
        signal(
            5, "SIGTRAP",
            Wording(
                "a trap: on ARM, how Swift stops at a mistake; how the supervisor ends what hangs; or a debugger",
                "陷阱：在 ARM 上是 Swift 遇到错误时的停止方式；也是监督进程结束卡死进程的方式；或调试器所致"), bug),
        signal(6, "SIGABRT", Wording("the program ended itself: a library gave up, or a watchdog made it", "程序自行中止：某个库放弃，或看门狗所为"), bug),
        signal(
            7, "SIGBUS", Wording("a mapped file could not be read: its disk is full, broken or gone", "无法读取映射的文件：磁盘已满、损坏或已移除"),
            Wording("look at free space and at `dmesg`", "检查剩余空间与 `dmesg`")),
        signal(8, "SIGFPE", Wording("arithmetic that has no result", "无效的算术运算"), bug),
        signal(
            9, "SIGKILL", Wording("killed at once: by the kernel when memory ran out, or by somebody", "被立即杀死：内存耗尽时由内核执行，或有人执行"),
            Wording(
                "`switchboard why` tells which; else `dmesg | grep -i oom`, `docker inspect`, `journalctl -u switchboard`",
                "`switchboard why` 会区分；或查看 `dmesg | grep -i oom`、`docker inspect`、`journalctl -u switchboard`")),
        signal(
            11, "SIGSEGV", Wording("memory was touched that is not the program's, or the stack ran out", "访问了不属于程序的内存，或栈已耗尽"), bug),
        signal(
            13, "SIGPIPE", Wording("writing to somebody who is gone", "向已断开的对象写入"),
            Wording("the server ignores it: this was a command, and what read its output ended first", "服务会忽略它：这是某条命令，读取其输出的程序先结束了")),
        signal(
            15, "SIGTERM",
            Wording(
                "a stop was asked for: systemd, docker stop, a deploy script, `kill`. The kernel never sends it by itself",
                "被要求停止：systemd、docker stop、部署脚本或 `kill`。内核从不自行发送"),
            Wording(
                "`switchboard why` names who sent it; if nobody meant it, look for old scripts and timers",
                "`switchboard why` 会给出发送者；若非有意，请检查旧脚本与定时任务")),
        signal(
            24, "SIGXCPU", Wording("the limit of processor time was reached", "达到处理器时间上限"),
            Wording("remove the limit (`ulimit -t`, LimitCPU)", "取消该限制（`ulimit -t`、LimitCPU）")),
        signal(
            25, "SIGXFSZ", Wording("a file grew beyond its limit", "文件超出大小上限"),
            Wording("remove the limit (`ulimit -f`, LimitFSIZE)", "取消该限制（`ulimit -f`、LimitFSIZE）")),
        signal(
            31, "SIGSYS", Wording("a system call that the sandbox forbids", "系统调用被沙箱禁止"),
            Wording(
                "compare the unit's SystemCallFilter or the container's seccomp profile with the one in packaging/",
                "将单元的 SystemCallFilter 或容器的 seccomp 配置与 packaging/ 中的比较")),
    ]

    /// Those that only somebody else sends.
    static let otherSignals: [ExitMeaning] = [
        signal(10, "SIGUSR1", Wording("a user signal, which this program does not use", "用户信号 1，本程序不使用"), sender),
        signal(12, "SIGUSR2", Wording("a user signal, which this program does not use", "用户信号 2，本程序不使用"), sender),
        signal(14, "SIGALRM", Wording("a timer, which this program does not use", "定时器信号，本程序不使用"), sender),
        signal(16, "SIGSTKFLT", Wording("unused on today's machines", "现代机器上已不使用"), sender),
        signal(17, "SIGCHLD", Wording("a child ended; it never ends a program", "子进程结束；不会终止程序"), sender),
        signal(18, "SIGCONT", Wording("go on after a pause; it never ends a program", "暂停后继续；不会终止程序"), sender),
        signal(
            19, "SIGSTOP", Wording("paused, not ended: somebody sent it", "被暂停而非结束：由其他进程发送"),
            Wording("`kill -CONT <pid>` lets it go on", "`kill -CONT <pid>` 可使其继续")),
        signal(20, "SIGTSTP", Wording("Ctrl-Z: paused", "按下 Ctrl-Z：暂停"), Wording("`fg` lets it go on", "`fg` 可使其继续")),
        signal(
            21, "SIGTTIN", Wording("paused: reading a terminal from the background", "暂停：在后台读取终端"),
            Wording("`fg` lets it go on", "`fg` 可使其继续")),
        signal(
            22, "SIGTTOU", Wording("paused: writing to a terminal from the background", "暂停：在后台写入终端"),
            Wording("`fg` lets it go on", "`fg` 可使其继续")),
        signal(23, "SIGURG", Wording("urgent data; it never ends a program", "紧急数据；不会终止程序"), sender),
        signal(26, "SIGVTALRM", Wording("a timer, which this program does not use", "虚拟定时器信号，本程序不使用"), sender),
        signal(27, "SIGPROF", Wording("a profiler's timer", "性能分析定时器"), sender),
        signal(28, "SIGWINCH", Wording("a window changed its size; it never ends a program", "窗口大小变化；不会终止程序"), sender),
        signal(29, "SIGIO", Wording("input is there; this program does not use it", "有输入到达；本程序不使用"), sender),
        signal(30, "SIGPWR", Wording("the power fails", "电源故障"), Wording("look at the power supply and its daemon", "检查电源及其守护进程")),
    ]
}
