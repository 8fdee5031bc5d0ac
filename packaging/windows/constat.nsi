; Installs for one person, without an administrator. What was kept stays when the program is removed: it may be evidence.
Target amd64-unicode
Unicode true
ManifestDPIAware true
Name "Constat"
OutFile "${OUT}/constat-${VERSION}-windows-setup.exe"
RequestExecutionLevel user
SetCompressor /SOLID lzma
SetDateSave on
InstallDir "$LOCALAPPDATA\Programs\Constat"
BrandingText " "

!include "MUI2.nsh"
!define MUI_FINISHPAGE_RUN "$INSTDIR\constat.exe"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "French"
!insertmacro MUI_LANGUAGE "Dutch"
!insertmacro MUI_LANGUAGE "German"
!insertmacro MUI_LANGUAGE "English"

VIProductVersion "${NUMBERS}"
VIAddVersionKey /LANG=${LANG_ENGLISH} "ProductName" "Constat"
VIAddVersionKey /LANG=${LANG_ENGLISH} "FileDescription" "Constat"
VIAddVersionKey /LANG=${LANG_ENGLISH} "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=${LANG_ENGLISH} "LegalCopyright" "Apache-2.0"

!define KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\Constat"

Section
  SetOutPath "$INSTDIR"
  File "${IN}/constat.exe"
  File "${IN}/constatctl.exe"
  File "${IN}/LICENSE.txt"
  File "${IN}/THIRD-PARTY.md"
  File "${IN}/CHANGELOG.md"
  File "${IN}/constatctl.md"
  File "${IN}/contents.cdx.json"
  CreateShortCut "$SMPROGRAMS\Constat.lnk" "$INSTDIR\constat.exe"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  WriteRegStr HKCU "${KEY}" "DisplayName" "Constat"
  WriteRegStr HKCU "${KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${KEY}" "DisplayIcon" "$INSTDIR\constat.exe"
  WriteRegStr HKCU "${KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${KEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${KEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${KEY}" "NoModify" 1
  WriteRegDWORD HKCU "${KEY}" "NoRepair" 1
SectionEnd

Section Uninstall
  ; Vault and settings in $LOCALAPPDATA\constat stay, on purpose.
  Delete "$INSTDIR\constat.exe"
  Delete "$INSTDIR\constatctl.exe"
  Delete "$INSTDIR\LICENSE.txt"
  Delete "$INSTDIR\THIRD-PARTY.md"
  Delete "$INSTDIR\CHANGELOG.md"
  Delete "$INSTDIR\constatctl.md"
  Delete "$INSTDIR\contents.cdx.json"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\Constat.lnk"
  ; What the library of the window keeps of itself: sizes and a cache, in folders under our name.
  RMDir /r "$APPDATA\fyne\constat.desktop"
  RMDir "$APPDATA\fyne"
  RMDir /r "$LOCALAPPDATA\fyne\constat.desktop"
  RMDir "$LOCALAPPDATA\fyne"
  DeleteRegKey HKCU "${KEY}"
SectionEnd
