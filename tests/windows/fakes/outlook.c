/* A stand-in for classic Outlook. It has Outlook's window class, takes its /profile switch, lets only one instance run,
   and does at its first start with a profile what Outlook does, as far as it can be seen from outside.

   C:\stage\outlook.txt    normal     the account is there a moment after the start
                           sign-in    only after the sign-in window has been confirmed
                           never      no account ever
                           quits      ends at once
                           draft      asks about an unsaved message when it is to close
                           hangs      does not close
   C:\stage\identity.txt   address that the directory has for this login, for ZeroConfigExchange
   C:\stage\outlook.log    what was done */
#include "outlook.h"

#include <objbase.h>
#include <shellapi.h>

/* From the window to the account, in milliseconds. */
#define MOMENT 500

enum { FIELD = 100 };

static WCHAR profile[PROFILE_NAME];
static HWND main_window;

static BOOL is_told(const char *wanted)
{
    char mode[64];
    unsigned long unused;
    return stage_order("outlook.txt", mode, &unused) && !strcmp(mode, wanted);
}

static void show_account(void)
{
    WCHAR address[ADDRESS], title[ADDRESS + 32];
    if (!has_account(profile, address))
        return;
    _snwprintf(title, ADDRESS + 32, L"Inbox - %ls - " TITLE, address);
    SetWindowTextW(main_window, title);
}

/* A window with a button, and with a field for an address where one is wanted. */
static void ask(const WCHAR *class_name, const WCHAR *title, const WCHAR *button, BOOL field)
{
    HINSTANCE program = GetModuleHandleW(NULL);
    HWND window = CreateWindowW(class_name, title, WS_OVERLAPPEDWINDOW | WS_VISIBLE, 200, 150, 420, 180, main_window,
                                NULL, program, NULL);
    HWND edit = field ? CreateWindowW(L"EDIT", L"", WS_CHILD | WS_VISIBLE | WS_BORDER | WS_TABSTOP, 20, 20, 360, 28,
                                      window, (HMENU)(ULONG_PTR)FIELD, program, NULL)
                      : NULL;
    HWND press = CreateWindowW(L"BUTTON", button, WS_CHILD | WS_VISIBLE | WS_TABSTOP | BS_DEFPUSHBUTTON, 20, 70, 160,
                               36, window, (HMENU)IDOK, program, NULL);
    SetForegroundWindow(window);
    SetFocus(edit ? edit : press);
}

static BOOL zero_configuration(WCHAR address[ADDRESS])
{
    DWORD on = 0, size = sizeof on;
    char text[64];
    unsigned long unused;
    RegGetValueW(HKEY_CURRENT_USER, OUTLOOK L"\\AutoDiscover", L"ZeroConfigExchangeOnce", RRF_RT_REG_DWORD, NULL, &on,
                 &size);
    size = sizeof on;
    if (!on)
        RegGetValueW(HKEY_CURRENT_USER, OUTLOOK L"\\AutoDiscover", L"ZeroConfigExchange", RRF_RT_REG_DWORD, NULL, &on,
                     &size);
    if (!on || !stage_order("identity.txt", text, &unused))
        return FALSE;
    return MultiByteToWideChar(CP_UTF8, 0, text, -1, address, ADDRESS) > 0;
}

/* What happens once the main window is there. */
static void set_up(void)
{
    WCHAR address[ADDRESS];
    /* The real one asks the person about a profile; nobody answers here. */
    if (!profile[0] || !has_profile(profile))
        LOG("no such profile");
    else if (has_account(profile, address) || is_told("never"))
        LOG("nothing to set up");
    else if (!exchange_address(profile, address)) {
        if (zero_configuration(address))
            add_exchange(profile, address);
        else
            ask(L"mailshift-stage-wizard", L"Welcome to Outlook", L"Connect", TRUE);
    } else if (is_told("sign-in"))
        ask(L"mailshift-stage-sign-in", L"Sign in to your account", L"Sign in", FALSE);
    else
        set_exchange_up(profile, address);
    show_account();
}

static LRESULT CALLBACK sign_in_window(HWND window, UINT message, WPARAM word, LPARAM data)
{
    WCHAR address[ADDRESS];
    if (message == WM_COMMAND && LOWORD(word) == IDOK) {
        DestroyWindow(window);
        LOG("signed in");
        if (exchange_address(profile, address))
            set_exchange_up(profile, address);
        show_account();
        return 0;
    }
    if (message == WM_CLOSE)
        LOG("sign-in given up");
    return DefWindowProcW(window, message, word, data);
}

static LRESULT CALLBACK wizard_window(HWND window, UINT message, WPARAM word, LPARAM data)
{
    WCHAR address[ADDRESS];
    if (message == WM_COMMAND && LOWORD(word) == IDOK) {
        GetDlgItemTextW(window, FIELD, address, ADDRESS);
        DestroyWindow(window);
        add_exchange(profile, address);
        show_account();
        return 0;
    }
    return DefWindowProcW(window, message, word, data);
}

static LRESULT CALLBACK outlook_window(HWND window, UINT message, WPARAM word, LPARAM data)
{
    switch (message) {
    case WM_TIMER:
        KillTimer(window, word);
        set_up();
        return 0;
    case WM_CLOSE:
        LOG("asked to close");
        if (is_told("hangs"))
            return 0;
        if (is_told("draft") &&
            MessageBoxW(window, L"Do you want to save changes?", L"Microsoft Outlook", MB_YESNOCANCEL) == IDCANCEL)
            return 0;
        DestroyWindow(window);
        return 0;
    case WM_DESTROY: PostQuitMessage(0); return 0;
    default: return DefWindowProcW(window, message, word, data);
    }
}

static HWND make_main_window(HINSTANCE program)
{
    WNDCLASSW class = {.hInstance = program, .hbrBackground = (HBRUSH)(COLOR_WINDOW + 1)};
    class.hCursor = LoadCursorW(NULL, (const WCHAR *)IDC_ARROW);
    class.lpfnWndProc = sign_in_window, class.lpszClassName = L"mailshift-stage-sign-in";
    RegisterClassW(&class);
    class.lpfnWndProc = wizard_window, class.lpszClassName = L"mailshift-stage-wizard";
    RegisterClassW(&class);
    class.lpfnWndProc = outlook_window, class.lpszClassName = L"rctrl_renwnd32";
    RegisterClassW(&class);
    return CreateWindowW(class.lpszClassName, TITLE, WS_OVERLAPPEDWINDOW | WS_VISIBLE, 60, 60, 700, 420, NULL, NULL,
                         program, NULL);
}

/* The profile to open: from the command line, or the default. */
static void choose_profile(void)
{
    int count = 0;
    WCHAR **arguments = CommandLineToArgvW(GetCommandLineW(), &count);
    DWORD size = sizeof profile;
    RegGetValueW(HKEY_CURRENT_USER, OUTLOOK, L"DefaultProfile", RRF_RT_REG_SZ, NULL, profile, &size);
    for (int i = 1; i + 1 < count; i++)
        if (!lstrcmpiW(arguments[i], L"/profile"))
            lstrcpynW(profile, arguments[i + 1], PROFILE_NAME);
    LocalFree(arguments);
}

int WINAPI wWinMain(HINSTANCE program, HINSTANCE previous, WCHAR *arguments, int show)
{
    char arguments8[STAGE_LINE];
    MSG message;
    HWND running = FindWindowW(L"rctrl_renwnd32", NULL);
    WideCharToMultiByte(CP_UTF8, 0, arguments, -1, arguments8, sizeof arguments8, NULL, NULL);
    LOG("start [%s]", arguments8);
    if (running) {
        /* One instance per login: a second start only brings the first to the front, whatever it was told. */
        SetForegroundWindow(running);
        return 0;
    }
    if (is_told("quits"))
        return 0;
    CoInitializeEx(NULL, COINIT_APARTMENTTHREADED);
    import_prf();
    note_first_run();
    choose_profile();
    main_window = make_main_window(program);
    show_account();
    SetTimer(main_window, 1, MOMENT, NULL);
    while (GetMessageW(&message, NULL, 0, 0) > 0)
        if (!IsDialogMessageW(GetActiveWindow(), &message)) {
            TranslateMessage(&message);
            DispatchMessageW(&message);
        }
    LOG("end");
    return 0;
}
